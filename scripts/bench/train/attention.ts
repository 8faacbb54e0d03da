import { add, getBackend, matMul, reshape, split, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { initializers, type LayerVariable, layers, type Shape } from "@tensorflow/tfjs-layers";
import { attendJoined } from "../../../src/rooms/learning/compute/index.js";
import { attention } from "../../../test/rooms/learning/compute/written.js";

const firstOf = (inputs: Tensor | Tensor[]): Tensor => {
  const [tensor] = Array.isArray(inputs) ? inputs : [inputs];
  if (!tensor) throw new Error("The layer has no input.");
  return tensor;
};
const uniform = () => initializers.glorotUniform({});

/** Learnt positions added to what they are the places of. */
export class Positions extends layers.Layer {
  static readonly className = "BenchPositions";
  #table: LayerVariable | undefined;

  override build(shape: Shape | Shape[]): void {
    this.#table = this.addWeight("positions", (shape as Shape).slice(1), "float32", uniform());
    this.built = true;
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    const table = this.#table;
    return table ? add(firstOf(inputs), table.read()) : firstOf(inputs);
  }
}

/** Multi-head self-attention (Vaswani et al., "Attention Is All You Need", 2017) of four heads, no masks, no biases. */
export class Attention extends layers.Layer {
  static readonly className = "BenchAttention";
  readonly #heads = 4;
  #weights: LayerVariable[] = [];

  override build(shape: Shape | Shape[]): void {
    const width = (shape as Shape).at(-1) ?? 1;
    const weight = (name: string, columns: number) =>
      this.addWeight(name, [width, columns], "float32", uniform());
    this.#weights = [weight("projections", 3 * width), weight("output", width)];
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = firstOf(inputs);
      const [rows = 1, places = 1, width = 1] = x.shape;
      const [projections, output] = this.#weights.map((weight) => weight.read());
      if (!projections || !output) throw new Error("The layer is not built.");
      const flat = matMul(reshape(x, [rows * places, width]), projections);
      const projected = reshape(flat, [rows, places, 3 * width]);
      const apart = (): [Tensor, Tensor, Tensor] => split(projected, 3, 2) as [Tensor, Tensor, Tensor];
      const mixed =
        getBackend() === "wasm"
          ? attendJoined(projected, this.#heads)
          : attention(...apart(), this.#heads, false);
      return reshape(matMul(reshape(mixed, [rows * places, width]), output), [rows, places, width]);
    });
  }
}
