import { setBackend } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { startBackend } from "../../src/rooms/learning/compute/engine.js";
import { type Figure, figure, median, timed } from "../support/figures.js";
import type { Bench, Target } from "../support/programs.js";
import { batchOf, compiled, type Shape, shapes } from "./train/shapes.js";
import { Torch } from "./train/torch.js";

const rounds = 5;
const roundSteps = 10;
/** Enough for the JavaScript around the kernels to be compiled, as it is in all but the first second of a training. */
const warmUp = 40;

const target = (atMost: number): Target => ({ of: "ratio", atMost });
const targets = {
  "train-mlp-against-torch": target(3),
  "train-lstm-against-torch": target(1.5),
  "train-gru-against-torch": target(3),
  "train-conv1d-against-torch": target(1.5),
  "train-cnn-against-torch": target(1.5),
  "train-transformer-against-torch": target(1.5),
};

/** One network on its batch. */
class Steps {
  readonly #network: LayersModel;
  readonly #batch: ReturnType<typeof batchOf>;

  constructor(shape: Shape) {
    this.#network = compiled(shape);
    this.#batch = batchOf(shape);
  }

  /** Milliseconds of each of so many steps; a step ends when its loss is known. */
  async run(count: number): Promise<number[]> {
    const times: number[] = [];
    const { x, y } = this.#batch;
    for (let step = 0; step < count; step++) times.push(await timed(() => this.#network.trainOnBatch(x, y)));
    return times;
  }
}

/** The oracle is slow: one step says enough. */
async function onCpu(shape: Shape): Promise<number> {
  await setBackend("cpu");
  const [ms = Number.NaN] = await new Steps(shape).run(1);
  await setBackend("wasm");
  return ms;
}

/** Ours and torch in turns, so that whatever else the machine does meets both. */
async function measure(name: string, shape: Shape, torch: Torch | null, quick: boolean) {
  const steps = new Steps(shape);
  await steps.run(warmUp);
  await torch?.steps(name, warmUp);
  const [ours, theirs]: number[][] = [[], []];
  for (let round = 0; round < (quick ? 2 : rounds); round++) {
    ours?.push(...(await steps.run(roundSteps)));
    theirs?.push(...((await torch?.steps(name, roundSteps)) ?? []));
  }
  return { ours: median(ours ?? []), theirs: median(theirs ?? []) };
}

export const program: Bench = {
  summary: "ms a training step of six networks at batch 32, against the cpu back end and torch at one thread",
  parts: Object.keys(shapes),
  targets,
  async run(report: (figure: Figure) => void, { only, quick }) {
    await startBackend();
    const torch = Torch.start();
    for (const [name, shape] of Object.entries(shapes)) {
      if (only.length > 0 && !only.includes(name)) continue;
      const { ours, theirs } = await measure(name, shape, torch, quick);
      if (torch) report(figure(`train-${name}-against-torch`, ours, "ms", theirs));
      if (!quick) report(figure(`train-${name}-against-cpu`, ours, "ms", await onCpu(shape)));
    }
    await torch?.stop();
  },
};
