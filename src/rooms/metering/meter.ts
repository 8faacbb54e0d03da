import { registerEnumType } from "type-graphql";

/** What is counted. */
export enum Meter {
  PREDICTIONS = "PREDICTIONS",
  TRAINING_MS = "TRAINING_MS",
  DATASET_BYTES = "DATASET_BYTES",
  EXPORT_BYTES = "EXPORT_BYTES",
}
registerEnumType(Meter, {
  name: "Meter",
  description: "What is counted: rows predicted, milliseconds of training, bytes uploaded and exported.",
  valuesConfig: {
    PREDICTIONS: { description: "Rows predicted." },
    TRAINING_MS: { description: "Milliseconds of training." },
    DATASET_BYTES: { description: "Bytes of files taken in." },
    EXPORT_BYTES: { description: "Bytes of models and batch predictions given out." },
  },
});

/** A stretch of time in which a limit counts; it begins on the clock (UTC), not at the first use. */
export interface LimitWindow {
  readonly name: "MINUTE" | "HOUR" | "DAY";
  readonly lengthMs: number;
}

const windows: LimitWindow[] = [
  { name: "MINUTE", lengthMs: 60_000 },
  { name: "HOUR", lengthMs: 3_600_000 },
  { name: "DAY", lengthMs: 86_400_000 },
];

/** The limits of a tenant's plan that a meter counts against: `predictionsPerMinute` and so on. */
export const windowedLimits: Partial<Record<Meter, { limit: string; window: LimitWindow }[]>> = {
  [Meter.PREDICTIONS]: windows.map((window) => ({
    limit: `predictionsPer${window.name[0]}${window.name.slice(1).toLowerCase()}`,
    window,
  })),
};

/** Limits on how many there are at once; they never reset. */
export const levelLimits = ["seats", "models"] as const;
export type LevelLimit = (typeof levelLimits)[number];

/** The stretch of a window that a moment falls into. */
export function stretchOf({ lengthMs }: LimitWindow, at: Date): { startsAt: Date; resetsAt: Date } {
  const start = Math.floor(at.getTime() / lengthMs) * lengthMs;
  return { startsAt: new Date(start), resetsAt: new Date(start + lengthMs) };
}
