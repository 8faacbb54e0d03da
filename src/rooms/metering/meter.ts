import { registerEnumType } from "type-graphql";

/** What is counted. */
export enum Meter {
  PREDICTIONS = "PREDICTIONS",
  GENERATED_TOKENS = "GENERATED_TOKENS",
  TRAINING_MS = "TRAINING_MS",
  DATASET_BYTES = "DATASET_BYTES",
  EXPORT_BYTES = "EXPORT_BYTES",
}
registerEnumType(Meter, {
  name: "Meter",
  description:
    "What is counted: rows predicted, tokens generated, milliseconds of training, bytes uploaded and exported.",
  valuesConfig: {
    PREDICTIONS: { description: "Rows predicted." },
    GENERATED_TOKENS: { description: "Tokens of generated texts." },
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

/** A limit of a tenant's plan on what is counted in a window. */
export interface WindowedLimit {
  limit: string;
  window: LimitWindow;
  /** Where the plan does not name it: so many times another of its limits. */
  follows?: { limit: string; times: number };
}

const perWindow = (what: string, { name }: LimitWindow): string =>
  `${what}Per${name[0]}${name.slice(1).toLowerCase()}`;

/** A token costs a small part of what a plan's prediction may: a text of 200 is four of them. */
const tokensPerPrediction = 50;

/** The limits of a tenant's plan that a meter counts against: `predictionsPerMinute` and so on. */
export const windowedLimits: Partial<Record<Meter, WindowedLimit[]>> = {
  [Meter.PREDICTIONS]: windows.map((window) => ({ limit: perWindow("predictions", window), window })),
  [Meter.GENERATED_TOKENS]: windows.map((window) => ({
    limit: perWindow("generatedTokens", window),
    window,
    follows: { limit: perWindow("predictions", window), times: tokensPerPrediction },
  })),
};

/** What a plan allows; null is no limit. */
export function allowedBy(
  limits: Readonly<Record<string, number | null>>,
  { limit, follows }: Pick<WindowedLimit, "limit" | "follows">,
): number | null {
  const own = limits[limit];
  if (own !== undefined) return own;
  const other = follows ? (limits[follows.limit] ?? null) : null;
  return follows && other !== null ? other * follows.times : null;
}

/** Limits on how many there are at once; they never reset. */
export const levelLimits = ["seats", "models"] as const;
export type LevelLimit = (typeof levelLimits)[number];

/** The stretch of a window that a moment falls into. */
export function stretchOf({ lengthMs }: LimitWindow, at: Date): { startsAt: Date; resetsAt: Date } {
  const start = Math.floor(at.getTime() / lengthMs) * lengthMs;
  return { startsAt: new Date(start), resetsAt: new Date(start + lengthMs) };
}
