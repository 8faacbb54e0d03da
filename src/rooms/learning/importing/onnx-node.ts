import onnxProto, { type onnx } from "onnx-proto";
import { shown } from "../../../kernel/archives/index.js";
import { ModelFileInvalid, ModelFileTooLarge, ModelFileUnsupported } from "./errors.js";
import { importLimits } from "./limits.js";
import { checkedTensor, nameOf, wholeOf } from "./onnx-tensor.js";

const { AttributeType } = onnxProto.onnx.AttributeProto;

/**
 * Operators that are served: those of trained networks, each with an output that follows from its inputs' shapes. What
 * makes tensors of any size out of a number (Expand, Tile, Range, ConstantOfShape, Resize, Pad) is left out, and so is
 * what holds a graph of its own (If, Loop, Scan), which could run for ever.
 */
const operators = new Set(
  [
    "Abs Add ArgMax AveragePool BatchNormalization Cast Clip Concat Constant Conv Div Dropout Elu Erf Exp Flatten",
    "GRU Gather Gelu Gemm GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Identity InstanceNormalization LSTM",
    "LayerNormalization LeakyRelu Log LogSoftmax LpNormalization MatMul Max MaxPool Mean Min Mish Mul Neg PRelu Pow",
    "Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu Reshape Selu Shape Sigmoid Sign",
    "Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze Where",
  ].flatMap((line) => line.split(" ")),
);

/** The standard's own operators; every other domain is code of somebody's. */
export const isStandardDomain = (domain: unknown): boolean =>
  domain === "" || domain === "ai.onnx" || domain === null || domain === undefined;

function boundedOf(value: Parameters<typeof wholeOf>[0], name: string): number {
  const number = wholeOf(value);
  // The largest and the smallest whole number stand for "to the end" in a Slice of old.
  if (Math.abs(number) <= importLimits.attribute) return number;
  throw new ModelFileTooLarge(
    `The attribute ${shown(name)} is ${number}, more than ${importLimits.attribute}. Send a smaller model.`,
  );
}

/** Kinds that hold a graph or a type are not among those that are copied, whatever their operator would make of them. */
function checkedAttribute(attribute: onnx.IAttributeProto): onnx.IAttributeProto {
  const name = nameOf(attribute.name);
  const { type } = attribute;
  if (attribute.refAttrName)
    throw new ModelFileUnsupported(
      `The attribute ${shown(name)} is a function's. Inline the model's functions.`,
    );
  if (type === AttributeType.INT) return { name, type, i: boundedOf(attribute.i, name) };
  if (type === AttributeType.FLOAT) return { name, type, f: attribute.f ?? 0 };
  if (type === AttributeType.STRING) return { name, type, s: shortText(attribute.s, name) };
  if (type === AttributeType.INTS)
    return { name, type, ints: (attribute.ints ?? []).map((value) => boundedOf(value, name)) };
  if (type === AttributeType.FLOATS) return { name, type, floats: [...(attribute.floats ?? [])] };
  if (type === AttributeType.STRINGS)
    return { name, type, strings: (attribute.strings ?? []).map((text) => shortText(text, name)) };
  if (type === AttributeType.TENSOR && attribute.t)
    return { name, type, t: checkedTensor(attribute.t).tensor };
  throw new ModelFileUnsupported(
    `The attribute ${shown(name)} is a graph or of another kind that is not served. Export the model without control flow.`,
  );
}

/** Texts name modes such as "constant"; a long one has no meaning to any operator served. */
function shortText(text: Uint8Array | null | undefined, name: string): Uint8Array {
  const bytes = text ?? new Uint8Array();
  if (bytes.length <= importLimits.nameLength) return bytes;
  throw new ModelFileTooLarge(
    `The attribute ${shown(name)} has more than ${importLimits.nameLength} bytes. Export the model again.`,
  );
}

/** An operator written anew with nothing but what was checked. Throws MODEL_FILE_UNSUPPORTED with its name. */
export function checkedNode(node: onnx.INodeProto): onnx.INodeProto & { input: string[]; output: string[] } {
  const opType = nameOf(node.opType);
  if (!isStandardDomain(node.domain))
    throw new ModelFileUnsupported(
      `The operator ${shown(opType)} is of the domain ${shown(nameOf(node.domain))}. Export with the standard's operators alone.`,
    );
  if (!operators.has(opType))
    throw new ModelFileUnsupported(
      `The operator ${shown(opType)} is not served. Export the model without it.`,
    );
  const attributes = (node.attribute ?? []).map(checkedAttribute);
  if (new Set(attributes.map(({ name }) => name)).size < attributes.length)
    throw new ModelFileInvalid(
      `The operator ${shown(opType)} has an attribute twice. Export the model again.`,
    );
  return {
    opType,
    name: nameOf(node.name),
    input: (node.input ?? []).map(nameOf),
    output: (node.output ?? []).map(nameOf),
    attribute: attributes,
  };
}
