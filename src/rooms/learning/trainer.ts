import {
  dispose,
  logSoftmax,
  mean,
  mul,
  neg,
  type Optimizer,
  slice,
  sum,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type EpochMeasures, packCheckpoint, parseCheckpoint } from "./checkpoint.js";
import { operationsOf, refuseUntested } from "./compute/index.js";
import { type EarlyStoppingState, isOver, noEpochYet, watch } from "./early-stopping.js";
import { examplesOfEpoch } from "./epoch-examples.js";
import { CheckpointMismatch, TrainingDiverged } from "./errors.js";
import type { Learner, Learnt } from "./learner.js";
import { buildNetwork, freezeLayers, readWeights, writeWeights } from "./network/index.js";
import { createOptimizer, optimizerSize, readOptimizer, setRate, writeOptimizer } from "./optimizer.js";
import { seededRandom, withRandom } from "./random.js";
import { rateOf } from "./schedule.js";
import { fitWindows, type WindowFit } from "./generation/fit-windows.js";
import { predictsNumbers } from "./model-types.js";
import { outlinesOf, outputsOf, type TrainerOptions } from "./trainer-options.js";

/** A long epoch lets go of the event loop this often, so that a lost parent is noticed. */
const yieldEveryMs = 250;

/**
 * Cross-entropy from scores, not from probabilities: clipped probabilities would hide a diverging loss. Targets may
 * be weighted one-hot rows.
 */
const crossEntropy = (truth: Tensor, scores: Tensor): Tensor =>
  neg(mean(sum(mul(truth, logSoftmax(scores)), -1)));

/**
 * Trains epoch by epoch. The random numbers of an epoch depend on seed and epoch only, so a training resumed from a
 * checkpoint takes the very same steps as one never interrupted.
 */
export class Trainer implements Learner {
  readonly history: EpochMeasures[] = [];
  #stopping: EarlyStoppingState = noEpochYet;
  #best: Float32Array | null = null;
  readonly #model: LayersModel;
  readonly #optimizer: Optimizer;

  private constructor(
    private readonly options: TrainerOptions,
    model: LayersModel,
  ) {
    const { hyperparameters, type } = options;
    this.#model = model;
    // Before the model is compiled, which is when it learns which weights are to be trained.
    if (options.start) freezeLayers(model, outlinesOf(options), options.start.trainableLayers);
    this.#optimizer = createOptimizer(hyperparameters);
    // What foretells tokens takes its steps by itself.
    if (type === "TEXT_GENERATION") return;
    if (predictsNumbers(type)) model.compile({ optimizer: this.#optimizer, loss: "meanSquaredError" });
    else model.compile({ optimizer: this.#optimizer, loss: crossEntropy, metrics: ["accuracy"] });
  }

  /** A fresh training, or one that goes on from `checkpoint`. @throws CHECKPOINT_MISMATCH, OPERATION_UNTESTED */
  static async start(options: TrainerOptions, checkpoint?: Uint8Array | null): Promise<Trainer> {
    const { architecture, input, seed } = options;
    await Trainer.#rehearse(options);
    const build = () => buildNetwork(architecture, input, outputsOf(options), !options.start);
    const model = await withRandom(seededRandom(seed, "initial weights"), build);
    if (options.start?.weights) writeWeights(model, options.start.weights);
    const trainer = new Trainer(options, model);
    if (checkpoint) await trainer.#resume(checkpoint);
    return trainer;
  }

  /** Takes a step on two rows with a network that is thrown away, so that no epoch runs on what nobody has checked. */
  static async #rehearse(options: TrainerOptions): Promise<void> {
    const { architecture, input, train, seed } = options;
    const [x, y] = [slice(train.x, 0, 2), slice(train.y, 0, 2)];
    const model = buildNetwork(architecture, input, outputsOf(options), false);
    const trainer = new Trainer({ ...options, train: { x, y }, validation: null }, model);
    try {
      const step = () => withRandom(seededRandom(seed, "rehearsal"), () => trainer.#fit());
      refuseUntested(await operationsOf(step));
    } finally {
      trainer.dispose();
    }
  }

  async #resume(bytes: Uint8Array): Promise<void> {
    const { history, stopping, best, weights, optimizer } = parseCheckpoint(bytes, this.options.fingerprint);
    const name = this.options.hyperparameters.optimizer;
    const trainable = this.#model.trainableWeights.map((variable) => variable.shape.map((side) => side ?? 1));
    const fits = weights.length === this.#model.countParams() && (best ?? weights).length === weights.length;
    if (!fits || optimizer.values.length !== optimizerSize(name, trainable)) throw new CheckpointMismatch();
    this.history.push(...history);
    this.#stopping = stopping;
    this.#best = best;
    writeWeights(this.#model, weights);
    await writeOptimizer(this.#optimizer, name, trainable, optimizer);
  }

  get epochs(): number {
    return this.options.hyperparameters.epochs;
  }

  get finished(): boolean {
    const { epochs, earlyStopping } = this.options.hyperparameters;
    return this.history.length >= epochs || isOver(this.#stopping, earlyStopping);
  }

  /** The epoch whose weights count, from 1: the best one under early stopping, else the last. */
  get bestEpoch(): number {
    return this.#best ? this.#stopping.bestEpoch : this.history.length;
  }

  get weights(): Float32Array {
    return this.#best ?? readWeights(this.#model);
  }

  get learnt(): Learnt {
    return { architecture: this.options.architecture, weights: this.weights };
  }

  /** One pass over the training rows. @throws TRAINING_DIVERGED */
  async epoch(): Promise<EpochMeasures> {
    const number = this.history.length + 1;
    const random = seededRandom(this.options.seed, "epoch", number);
    const measures = await withRandom(random, () => this.#fit());
    if (![measures.loss, measures.valLoss ?? 0].every(Number.isFinite))
      throw new TrainingDiverged(undefined, { epoch: number });
    this.history.push(measures);
    this.#watch(measures, number);
    return measures;
  }

  async #fit(): Promise<EpochMeasures> {
    const { train, validation, hyperparameters, type } = this.options;
    const { learningRate, schedule, epochs } = hyperparameters;
    setRate(this.#optimizer, rateOf(learningRate, schedule, this.history.length + 1, epochs));
    if (type === "TEXT_GENERATION") return fitWindows(this.#windowFit(), train, validation);
    const { x, y } = examplesOfEpoch(this.options, this.history.length + 1);
    const { history } = await this.#model.fit(x, y, {
      epochs: 1,
      batchSize: hyperparameters.batchSize,
      validationData: validation ? [validation.x, validation.y] : undefined,
      yieldEvery: yieldEveryMs,
    });
    if (x !== train.x) dispose([x, y]);
    // `fit` has read its tensors out into numbers by now; a measure that it did not take is absent.
    const value = (name: string) => (history[name]?.[0] as number | undefined) ?? null;
    return {
      loss: value("loss") ?? Number.NaN,
      accuracy: value("acc"),
      valLoss: value("val_loss"),
      valAccuracy: value("val_acc"),
    };
  }

  #windowFit(): WindowFit {
    const { batchSize } = this.options.hyperparameters;
    const outputs = outputsOf(this.options);
    return { model: this.#model, optimizer: this.#optimizer, batchSize, outputs, yieldEveryMs };
  }

  #watch({ loss, valLoss }: EpochMeasures, number: number): void {
    const rule = this.options.hyperparameters.earlyStopping;
    if (!rule) return;
    this.#stopping = watch(this.#stopping, valLoss ?? loss, number, rule.minDelta);
    if (this.#stopping.wait === 0) this.#best = readWeights(this.#model);
  }

  /** The exact state after the last epoch, for `start`. */
  async checkpoint(): Promise<Uint8Array> {
    return packCheckpoint({
      fingerprint: this.options.fingerprint,
      history: this.history,
      stopping: this.#stopping,
      weights: readWeights(this.#model),
      best: this.#best,
      optimizer: await readOptimizer(this.#optimizer),
    });
  }

  /** Gives back all tensors, the examples included. */
  dispose(): void {
    this.#model.dispose();
    this.#optimizer.dispose();
    const { train, validation } = this.options;
    for (const tensor of [train.x, train.y, validation?.x, validation?.y]) tensor?.dispose();
  }
}
