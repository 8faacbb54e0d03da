import onnxProto, { type onnx } from "onnx-proto";

const float = onnxProto.onnx.TensorProto.DataType.FLOAT;

/** An attribute of an operator, e.g. `{ epsilon: 0.001 }`; all that are used here are floats. */
export type Attributes = Readonly<Record<string, number>>;

const attributes = (values: Attributes): onnx.IAttributeProto[] =>
  Object.entries(values).map(([name, f]) => ({
    name,
    f,
    type: onnxProto.onnx.AttributeProto.AttributeType.FLOAT,
  }));

const valueInfo = (name: string, width: number): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: float, shape: { dim: [{ dimParam: "rows" }, { dimValue: width }] } } },
});

/** An ONNX graph while it is put together: one value flows from operator to operator. */
export class OnnxGraph {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #weights: onnx.ITensorProto[] = [];

  constructor(private readonly input: { name: string; width: number }) {}

  /** Declares a tensor of weights; answers its name. */
  weight(name: string, dims: number[], values: Float32Array): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#weights.push({ name, dims, dataType: float, rawData });
    return name;
  }

  /** Declares a number that is broadcast to any shape; answers its name. */
  constant(name: string, value: number): string {
    return this.weight(name, [], Float32Array.of(value));
  }

  /** Adds an operator of the default domain; answers the name of its output. */
  node(opType: string, inputs: string[], values: Attributes = {}): string {
    const output = `value_${this.#nodes.length}`;
    this.#nodes.push({
      opType,
      name: `${opType}_${this.#nodes.length}`,
      input: inputs,
      output: [output],
      attribute: attributes(values),
    });
    return output;
  }

  /** The model's bytes. `output` is the value to give out and its width; `metadata` is kept as text beside the graph. */
  encode(
    output: { value: string; name: string; width: number },
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
        input: [valueInfo(this.input.name, this.input.width)],
        output: [valueInfo(output.name, output.width)],
      },
    }).finish();
  }
}
