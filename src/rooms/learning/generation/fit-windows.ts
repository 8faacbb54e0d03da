import {
  add,
  type Optimizer,
  type Scalar,
  type Tensor,
  tensor,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { setImmediate } from "node:timers/promises";
import { softmaxCrossEntropy } from "../compute/index.js";
import type { EpochMeasures } from "../checkpoint.js";
import { generationLimits } from "./limits.js";

export interface WindowFit {
  model: LayersModel;
  optimizer: Optimizer;
  batchSize: number;
  /** Size of the vocabulary. */
  outputs: number;
  /** A long epoch lets go of the event loop this often. */
  yieldEveryMs: number;
}

/** Windows as tensors [windows, context]: the tokens seen, and those that follow. */
interface Examples {
  x: Tensor;
  y: Tensor;
}

const widthOf = ({ shape }: Tensor): number => shape[1] ?? 1;

/** Examples outside the kernels' memory: reading a tensor copies all of it, which no step must. */
interface Rows {
  count: number;
  width: number;
  seen: Float32Array;
  next: Float32Array;
}
const rowsOf = ({ x, y }: Examples): Rows => ({
  count: x.shape[0] ?? 0,
  width: widthOf(x),
  seen: x.dataSync<"float32">(),
  next: y.dataSync<"float32">(),
});

/** Row numbers in an order drawn from `Math.random`, which training has seeded (Fisher–Yates). */
function mixed(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, row) => row);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

/** The tokens of the rows, and those that follow as one-hot rows: only a batch of these fits into memory. */
function batchOf(all: Rows, rows: Int32Array, outputs: number): { seen: Tensor; next: Tensor } {
  const { width } = all;
  const seen = new Float32Array(rows.length * width);
  const next = new Float32Array(rows.length * width * outputs);
  rows.forEach((row, at) => {
    seen.set(all.seen.subarray(row * width, (row + 1) * width), at * width);
    for (let place = 0; place < width; place++)
      next[(at * width + place) * outputs + (all.next[row * width + place] ?? 0)] = 1;
  });
  return {
    seen: tensor(seen, [rows.length, width]),
    next: tensor(next, [rows.length, width, outputs]),
  };
}

/** Takes one step. Answers the mean loss of a token, in nats, without what large weights cost. */
function step({ model, optimizer, outputs }: WindowFit, examples: Rows, rows: Int32Array): number {
  const { seen, next } = batchOf(examples, rows, outputs);
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  let nats = 0;
  tidy(() => {
    optimizer.minimize(
      () => {
        const loss = softmaxCrossEntropy(next, model.apply(seen, { training: true }) as Tensor);
        nats = loss.dataSync<"float32">()[0] ?? Number.NaN;
        return model.calculateLosses().reduce<Tensor>((sum, more) => add(sum, more), loss) as Scalar;
      },
      false,
      variables,
    );
  });
  seen.dispose();
  next.dispose();
  return nats;
}

function lossOf({ model, outputs, batchSize }: WindowFit, examples: Rows): number {
  const { count } = examples;
  let sum = 0;
  for (let at = 0; at < count; at += batchSize) {
    const rows = Int32Array.from({ length: Math.min(batchSize, count - at) }, (_, row) => at + row);
    const { seen, next } = batchOf(examples, rows, outputs);
    sum += tidy(() => {
      const loss = softmaxCrossEntropy(next, model.predictOnBatch(seen) as Tensor);
      return (loss.dataSync<"float32">()[0] ?? Number.NaN) * rows.length;
    });
    seen.dispose();
    next.dispose();
  }
  return sum / count;
}

/**
 * One epoch over windows of token numbers: `x` what is seen, `y` what follows. Windows come in an order drawn anew for
 * each epoch, and of many only as many as an epoch may take. The library's own `fit` would want every target as a
 * one-hot row at once, which of a small corpus are gigabytes.
 */
export async function fitWindows(
  fit: WindowFit,
  train: Examples,
  validation: Examples | null,
): Promise<EpochMeasures> {
  const examples = rowsOf(train);
  const most = Math.max(1, Math.floor(generationLimits.epochTokens / examples.width));
  const order = mixed(examples.count).subarray(0, most);
  let [nats, yielded] = [0, performance.now()];
  for (let at = 0; at < order.length; at += fit.batchSize) {
    const rows = order.subarray(at, at + fit.batchSize);
    nats += step(fit, examples, rows) * rows.length;
    if (performance.now() - yielded < fit.yieldEveryMs) continue;
    await setImmediate();
    yielded = performance.now();
  }
  const valLoss = validation ? lossOf(fit, rowsOf(validation)) : null;
  return { loss: nats / order.length, accuracy: null, valLoss, valAccuracy: null };
}
