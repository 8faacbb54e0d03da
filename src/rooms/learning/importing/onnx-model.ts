import onnxProto, { type onnx } from "onnx-proto";
import { shown } from "../../../kernel/archives/index.js";
import { ModelFileInvalid, ModelFileTooLarge, ModelFileUnsupported } from "./errors.js";
import { importLimits } from "./limits.js";
import { checkedNode, isStandardDomain } from "./onnx-node.js";
import { scanOnnx } from "./onnx-scan.js";
import { checkedTensor, nameOf, wholeOf } from "./onnx-tensor.js";

const float: number = onnxProto.onnx.TensorProto.DataType.FLOAT;
/** What the bundled onnxruntime reads for certain, and what exporters of the last years write. */
const opsets = { least: 7, most: 21 };
const versions = { least: 3, most: 10 };

/** One input or output of a graph. */
interface Value {
  name: string;
  /** Of one row, without the batch. */
  shape: number[];
}

/** A graph that was checked from end to end. */
export interface CheckedGraph {
  input: Value;
  output: Value;
  /** The operator that gives the output, behind those that only reshape it. */
  last: string;
  /** What our own exports tell of themselves, by key. */
  metadata: ReadonlyMap<string, string>;
  /** The model written anew, with nothing in it that was not looked at; `more` is kept as text beside the graph. */
  encode(more: Readonly<Record<string, string>>): Uint8Array;
}

const refuseAll = (model: onnx.IModelProto, graph: onnx.IGraphProto): void => {
  if (model.functions?.length)
    throw new ModelFileUnsupported("The model has functions of its own. Inline them.");
  if (model.trainingInfo?.length)
    throw new ModelFileUnsupported("The model holds a training. Export it for inference.");
  if (graph.sparseInitializer?.length)
    throw new ModelFileUnsupported("The model has sparse tensors. Export them as dense ones.");
  if (graph.quantizationAnnotation?.length)
    throw new ModelFileUnsupported("The model is quantised. Export it in float32.");
  if ((graph.node?.length ?? 0) > importLimits.nodes)
    throw new ModelFileTooLarge(
      `The graph has more than ${importLimits.nodes} operators. Send a smaller model.`,
    );
  if ((graph.initializer?.length ?? 0) > importLimits.tensors)
    throw new ModelFileTooLarge(
      `The graph has more than ${importLimits.tensors} tensors. Send a smaller model.`,
    );
};

/** The standard's version, of which there must be one. */
function opsetOf({ opsetImport }: onnx.IModelProto): number {
  const [only, ...more] = opsetImport ?? [];
  if (!only || more.length > 0 || !isStandardDomain(only.domain))
    throw new ModelFileUnsupported(
      `The model needs operators beside the standard's: ${(opsetImport ?? []).map(({ domain }) => shown(nameOf(domain))).join(", ")}.`,
    );
  const version = wholeOf(only.version);
  if (version >= opsets.least && version <= opsets.most) return version;
  throw new ModelFileUnsupported(
    `The model is of opset ${version}; ${opsets.least} to ${opsets.most} are served. Export it for one of them.`,
  );
}

/** All weights by name. The total counts too: five thousand tensors of the largest size each would pass one by one. */
function tensorsOf(graph: onnx.IGraphProto): Map<string, onnx.ITensorProto> {
  const tensors = new Map<string, onnx.ITensorProto>();
  let total = 0;
  for (const initializer of graph.initializer ?? []) {
    const { tensor, size } = checkedTensor(initializer);
    total += size;
    if (total > importLimits.parameters)
      throw new ModelFileTooLarge(
        `The model has more than ${importLimits.parameters} parameters. Send a smaller model.`,
      );
    const name = tensor.name ?? "";
    if (name === "" || tensors.has(name))
      throw new ModelFileInvalid(
        `The tensor ${shown(name)} has no name or is there twice. Export the model again.`,
      );
    tensors.set(name, tensor);
  }
  return tensors;
}

/** A float tensor [batch, sides …] whose sides are known. */
function valueOf(info: onnx.IValueInfoProto | undefined, what: "input" | "output"): Value {
  const type = info?.type?.tensorType;
  if (!info || !type?.shape || wholeOf(type.elemType) !== float)
    throw new ModelFileUnsupported(
      `The ${what} must be a float32 tensor of known sides. Export the model with fixed sides.`,
    );
  const [batch, ...dims] = type.shape.dim ?? [];
  if (!batch || (batch.dimValue && wholeOf(batch.dimValue) !== 1))
    throw new ModelFileUnsupported(
      `The ${what} must begin with a batch that is 1 or of any size. Export it with a dynamic first axis.`,
    );
  const shape = dims.map(({ dimValue }) => wholeOf(dimValue));
  const size = shape.reduce((product, side) => product * side, 1);
  if (shape.some((side) => side < 1) || shape.length > importLimits.rank)
    throw new ModelFileUnsupported(`The ${what} has a side that is not known. Export it with fixed sides.`);
  if (!(size <= importLimits.rowValues))
    throw new ModelFileTooLarge(
      `The ${what} has more than ${importLimits.rowValues} values a row. Send a smaller model.`,
    );
  return { name: nameOf(info.name), shape };
}

const onlyOne = (what: string, count: number): Error =>
  new ModelFileUnsupported(
    `The graph has ${count} ${what}s; exactly one is served. Export the model with one.`,
  );

type Node = ReturnType<typeof checkedNode>;

/** Every value is given before it is used, and once: what a graph without circles and riddles looks like. */
function checkOrder(nodes: readonly Node[], known: Set<string>, output: string): void {
  for (const { opType, input, output: outputs } of nodes) {
    const missing = input.find((name) => name !== "" && !known.has(name));
    if (missing !== undefined)
      throw new ModelFileInvalid(
        `The operator ${shown(opType ?? "")} uses ${shown(missing)} before it is given. Export the model again.`,
      );
    for (const name of outputs.filter((each) => each !== "")) {
      if (known.has(name))
        throw new ModelFileInvalid(`The value ${shown(name)} is given twice. Export the model again.`);
      known.add(name);
    }
  }
  if (!known.has(output)) throw new ModelFileInvalid(`Nothing gives the output ${shown(output)}.`);
}

/** They move values and change none, so what an output means is said by the operator before them. */
const passing = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Cast", "Dropout"]);

function lastOf(nodes: readonly Node[], output: string): string {
  const producers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  let node = producers.get(output);
  while (node?.opType && passing.has(node.opType)) node = producers.get(node.input[0] ?? "");
  return node?.opType ?? "";
}

/** Nothing of the decoder's own words leaves: its messages name offsets, which say nothing to who sent the file. */
function decoded(bytes: Uint8Array): onnx.IModelProto {
  scanOnnx(bytes);
  try {
    return onnxProto.onnx.ModelProto.decode(bytes);
  } catch (error) {
    throw Object.assign(
      new ModelFileInvalid("The file is no ONNX model, or it is damaged. Export the model again."),
      {
        cause: error,
      },
    );
  }
}

/** Notes of other libraries are dropped, so that none of them can be taken for ours later. */
const metadataOf = ({ metadataProps }: onnx.IModelProto): Map<string, string> =>
  new Map(
    (metadataProps ?? []).flatMap(({ key, value }) =>
      key?.startsWith("tenfold.") && value ? [[key, value] as const] : [],
    ),
  );

/**
 * Reads an ONNX model (github.com/onnx/onnx/blob/main/docs/IR.md) without running anything of it.
 * @throws MODEL_FILE_INVALID, MODEL_FILE_UNSUPPORTED, MODEL_FILE_UNSAFE, MODEL_FILE_TOO_LARGE
 */
export function readOnnx(bytes: Uint8Array): CheckedGraph {
  const model = decoded(bytes);
  const { graph } = model;
  if (!graph) throw new ModelFileInvalid("The file holds no graph. Export the model again.");
  refuseAll(model, graph);
  const irVersion = wholeOf(model.irVersion);
  if (irVersion < versions.least || irVersion > versions.most)
    throw new ModelFileUnsupported(
      `The file is of IR version ${irVersion}; ${versions.least} to ${versions.most} are served. Export it with another version of onnx.`,
    );
  const version = opsetOf(model);
  const tensors = tensorsOf(graph);
  const nodes = (graph.node ?? []).map(checkedNode);
  const inputs = (graph.input ?? []).filter(({ name }) => !tensors.has(name ?? ""));
  const outputs = graph.output ?? [];
  if (inputs.length !== 1) throw onlyOne("input", inputs.length);
  if (outputs.length !== 1) throw onlyOne("output", outputs.length);
  const [input, output] = [valueOf(inputs[0], "input"), valueOf(outputs[0], "output")];
  checkOrder(nodes, new Set([input.name, ...tensors.keys()]), output.name);
  const metadata = metadataOf(model);
  const encode: CheckedGraph["encode"] = (more) =>
    onnxProto.onnx.ModelProto.encode({
      irVersion,
      producerName: "tenfold",
      opsetImport: [{ domain: "", version }],
      metadataProps: Object.entries(more).map(([key, value]) => ({ key, value })),
      graph: {
        name: "network",
        node: nodes,
        initializer: [...tensors.values()],
        input: [infoOf(input)],
        output: [infoOf(output)],
      },
    }).finish();
  return { input, output, last: lastOf(nodes, output.name), metadata, encode };
}

/** The batch is left open whatever the file said: it is run with one row at a time. */
const infoOf = ({ name, shape }: Value): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: float,
      shape: { dim: [{ dimParam: "rows" }, ...shape.map((dimValue) => ({ dimValue }))] },
    },
  },
});
