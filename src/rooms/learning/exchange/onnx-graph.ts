import onnxProto, { type onnx } from "onnx-proto";

const { DataType } = onnxProto.onnx.TensorProto;
const { AttributeType } = onnxProto.onnx.AttributeProto;

/** Attributes of an operator: whole numbers and lists of them, texts, and `{ float }` for the few that are floats. */
export type Attributes = Readonly<Record<string, number | number[] | string | { float: number }>>;

function attributeOf([name, value]: [string, Attributes[string]]): onnx.IAttributeProto {
  if (typeof value === "number") return { name, i: value, type: AttributeType.INT };
  if (typeof value === "string") return { name, s: Buffer.from(value), type: AttributeType.STRING };
  if (Array.isArray(value)) return { name, ints: value, type: AttributeType.INTS };
  return { name, f: value.float, type: AttributeType.FLOAT };
}

const valueInfo = (name: string, shape: readonly number[]): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: DataType.FLOAT,
      shape: { dim: [{ dimParam: "rows" }, ...shape.map((dimValue) => ({ dimValue }))] },
    },
  },
});

/** An ONNX graph while it is put together: one value flows from operator to operator. */
export class OnnxGraph {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #weights: onnx.ITensorProto[] = [];

  /** `shape` is that of one row. */
  constructor(private readonly input: { name: string; shape: readonly number[] }) {}

  /** Declares a tensor of weights; answers its name. */
  weight(name: string, dims: number[], values: Float32Array): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#weights.push({ name, dims, dataType: DataType.FLOAT, rawData });
    return name;
  }

  /** Declares a number that is broadcast to any shape; answers its name. */
  constant(value: number): string {
    return this.weight(`constant_${this.#weights.length}`, [], Float32Array.of(value));
  }

  /** Declares a list of whole numbers, e.g. axes or a shape; answers its name. */
  integers(values: readonly number[]): string {
    const name = `integers_${this.#weights.length}`;
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#weights.push({ name, dims: [values.length], dataType: DataType.INT64, rawData });
    return name;
  }

  /** Adds an operator of the default domain; answers the name of its output, or of the one at `place`. */
  node(opType: string, inputs: string[], attributes: Attributes = {}, place = 0): string {
    const output = `value_${this.#nodes.length}`;
    this.#nodes.push({
      opType,
      name: `${opType}_${this.#nodes.length}`,
      input: inputs,
      // An empty name leaves an output out.
      output: [...Array<string>(place).fill(""), output],
      attribute: Object.entries(attributes).map(attributeOf),
    });
    return output;
  }

  /**
   * The model's bytes. `output` is the value to give out, its width, and of a sequence the places that each have one;
   * `metadata` is kept as text beside the graph.
   */
  encode(
    output: { value: string; name: string; width: number; places?: readonly number[] },
    metadata: Readonly<Record<string, string>>,
  ): Uint8Array {
    this.#nodes.push({ opType: "Identity", input: [output.value], output: [output.name] });
    return onnxProto.onnx.ModelProto.encode({
      irVersion: 7,
      producerName: "tenfold",
      // 13: the first with everything used here, so that runtimes of 2021 and later read the file.
      opsetImport: [{ domain: "", version: 13 }],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: "network",
        node: this.#nodes,
        initializer: this.#weights,
        input: [valueInfo(this.input.name, this.input.shape)],
        output: [valueInfo(output.name, [...(output.places ?? []), output.width])],
      },
    }).finish();
  }
}
