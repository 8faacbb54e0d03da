import { z } from "zod";
import { hyperparameterLimits as limits, bounded } from "./hyperparameter-limits.js";

export const scheduleKinds = ["CONSTANT", "STEP", "EXPONENTIAL", "COSINE"] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

/** How the learning rate goes over the epochs. */
export const scheduleSchema = z.strictObject({
  kind: z.enum(scheduleKinds).default("CONSTANT"),
  /** Epochs over which the rate rises evenly to its full height. */
  warmupEpochs: bounded(z.int(), limits.warmupEpochs).default(0),
  /** Of STEP: epochs from one fall to the next. */
  stepEpochs: bounded(z.int(), limits.stepEpochs).default(10),
  /** Of STEP and EXPONENTIAL: what a fall leaves of the rate. */
  factor: bounded(z.number(), limits.factor).default(0.5),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** The part of the full rate that is left after `past` of `all` epochs. */
const shapes: Record<ScheduleKind, (past: number, all: number, schedule: Schedule) => number> = {
  CONSTANT: () => 1,
  STEP: (past, _, { stepEpochs, factor }) => factor ** Math.floor(past / stepEpochs),
  EXPONENTIAL: (past, _, { factor }) => factor ** past,
  // Half a cosine (Loshchilov and Hutter, 2017) without restarts; the last epoch still learns a little.
  COSINE: (past, all) => (1 + Math.cos((Math.PI * past) / all)) / 2,
};

/**
 * The rate of an epoch (from 1) of at most `epochs`. It depends on nothing else, so that a resumed training takes the
 * very same steps.
 */
export function rateOf(rate: number, schedule: Schedule | null, epoch: number, epochs: number): number {
  if (!schedule) return rate;
  const { kind, warmupEpochs } = schedule;
  if (epoch <= warmupEpochs) return (rate * epoch) / (warmupEpochs + 1);
  const all = Math.max(1, epochs - warmupEpochs);
  return rate * shapes[kind](epoch - warmupEpochs - 1, all, schedule);
}

/**
 * Epochs of a training whose schedule comes to its end, which learns as much (the sum of its rates) as `done` epochs of
 * one that was made for `epochs` and stopped there. The same number of epochs would learn less than what was stopped,
 * as the rate falls faster; to stop again would leave out the small steps of the end.
 */
export function wholeEpochs(schedule: Schedule | null, done: number, epochs: number): number {
  if (schedule?.kind !== "COSINE" || done >= epochs) return done;
  const learnt = (upTo: number, all: number): number =>
    Array.from({ length: upTo }, (_, at) => rateOf(1, schedule, at + 1, all)).reduce(
      (sum, rate) => sum + rate,
      0,
    );
  const enough = learnt(done, epochs);
  let whole = done;
  while (whole < epochs && learnt(whole, whole) < enough) whole++;
  return whole;
}
