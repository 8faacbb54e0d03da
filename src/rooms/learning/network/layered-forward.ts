import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type Architecture, type InputShape, outline, rowsAtOnce, sizeOf } from "../architecture/index.js";
import { buildNetwork, writeWeights } from "./build.js";
import type { Forward } from "./forward.js";

/** A trained network of any layers as it serves: the network of training itself, with its layers at rest. */
export class LayeredForward implements Forward {
  readonly bytes: number;
  readonly #model: LayersModel;
  readonly #rowsAtOnce: number;

  constructor(
    architecture: Architecture,
    weights: Float32Array,
    private readonly input: InputShape,
    private readonly outputs: number,
  ) {
    this.#model = buildNetwork(architecture, input, outputs, false);
    writeWeights(this.#model, weights);
    this.bytes = weights.byteLength;
    this.#rowsAtOnce = rowsAtOnce(outline(architecture, input, outputs).layers);
  }

  run(matrix: Float32Array, rows: number): Float32Array {
    const results = new Float32Array(rows * this.outputs);
    for (let from = 0; from < rows; from += this.#rowsAtOnce) {
      const count = Math.min(this.#rowsAtOnce, rows - from);
      results.set(this.#run(matrix, from, count), from * this.outputs);
    }
    return results;
  }

  #run(matrix: Float32Array, from: number, count: number): Float32Array {
    const width = sizeOf(this.input.shape);
    const x = tensor(matrix.slice(from * width, (from + count) * width), [count, ...this.input.shape]);
    const y = this.#model.predictOnBatch(x) as Tensor;
    const values = y.dataSync<"float32">().slice(0, count * this.outputs);
    x.dispose();
    y.dispose();
    return values;
  }

  dispose(): void {
    this.#model.dispose();
  }
}
