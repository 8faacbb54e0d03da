import { fused, type Tensor1D, type Tensor2D, tensor1d, tensor2d, tidy } from "@tensorflow/tfjs-core";
import type { Activation, Architecture, DenseLayer } from "../architecture/index.js";
import { activate } from "./activate.js";
import type { Forward } from "./forward.js";
import { nameWeights } from "./named-weights.js";
import { normalizationEpsilon } from "./normalize.js";

interface Step {
  kernel: Tensor2D;
  bias: Tensor1D;
  activation: Activation;
}

interface Dense {
  kernel: Float32Array;
  bias: Float32Array;
}

/** Batch normalisation after training is one more scaling of the sums, so it is folded into kernel and bias. */
function fold(dense: Dense, norm: (name: string) => Float32Array): Dense {
  const [gamma, beta, mean, variance] = ["gamma", "beta", "mean", "variance"].map(norm) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const scale = gamma.map((value, unit) => value / Math.sqrt((variance[unit] ?? 0) + normalizationEpsilon));
  const units = scale.length;
  return {
    kernel: dense.kernel.map((value, at) => value * (scale[at % units] ?? 1)),
    bias: dense.bias.map(
      (value, unit) => (value - (mean[unit] ?? 0)) * (scale[unit] ?? 1) + (beta[unit] ?? 0),
    ),
  };
}

export const isDense = (architecture: Architecture): architecture is { layers: DenseLayer[] } =>
  architecture.layers.every(({ type }) => type === "DENSE");

/** A trained dense network as it serves: plain matrix products on tensors it owns, without the layers library. */
export class DenseForward implements Forward {
  readonly bytes: number;
  readonly #steps: Step[];

  constructor(
    architecture: { layers: DenseLayer[] },
    weights: Float32Array,
    inputs: number,
    private readonly outputs: number,
  ) {
    const named = nameWeights(weights, architecture, { shape: [inputs] }, outputs);
    const values = (name: string) => named.get(name)?.values ?? new Float32Array();
    this.bytes = weights.byteLength;
    let width = inputs;
    this.#steps = [...architecture.layers, null].map((layer, index) => {
      const name = layer ? String(index) : "output";
      const raw = { kernel: values(`${name}.kernel`), bias: values(`${name}.bias`) };
      const { kernel, bias } = layer?.batchNormalization
        ? fold(raw, (part) => values(`${name}.${part}`))
        : raw;
      const units = layer?.units ?? outputs;
      const step = {
        kernel: tensor2d(kernel, [width, units]),
        bias: tensor1d(bias),
        activation: layer?.activation ?? "LINEAR",
      };
      width = units;
      return step;
    });
  }

  run(matrix: Float32Array, rows: number): Float32Array {
    if (rows === 0) return new Float32Array();
    const result = tidy(() => {
      let x: Tensor2D = tensor2d(matrix, [rows, matrix.length / rows]);
      for (const { kernel, bias, activation } of this.#steps) {
        // Only RELU is fused: the kernel's other fused activations are few and differ from those of training.
        const fusion = activation === "RELU" ? "relu" : "linear";
        const sums = fused.matMul({ a: x, b: kernel, bias, activation: fusion }) as Tensor2D;
        x = activation === "RELU" ? sums : activate[activation](sums);
      }
      return x;
    });
    const values = result.dataSync<"float32">().slice(0, rows * this.outputs);
    result.dispose();
    return values;
  }

  dispose(): void {
    for (const { kernel, bias } of this.#steps) {
      kernel.dispose();
      bias.dispose();
    }
  }
}
