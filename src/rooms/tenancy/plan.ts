import { registerEnumType } from "type-graphql";

export enum Plan {
  STARTER = "STARTER",
  PROFESSIONAL = "PROFESSIONAL",
  ENTERPRISE = "ENTERPRISE",
  CUSTOM = "CUSTOM",
}
registerEnumType(Plan, {
  name: "Plan",
  description: "What a tenant has bought; its limits follow from it.",
  valuesConfig: {
    STARTER: {
      description: "5 seats, 10 models, 10,000 predictions a day, trainings of 30 minutes and 2 GiB.",
    },
    PROFESSIONAL: {
      description: "25 seats, 100 models, 50,000 predictions a day, trainings of 2 hours and 3 GiB.",
    },
    ENTERPRISE: {
      description: "500 seats, 1,000 models, 100,000 predictions a day, trainings of 8 hours and 4 GiB.",
    },
    CUSTOM: { description: "No limit but on trainings: 8 at once, of a day and 6 GiB." },
  },
});

/** Limits by name; null is none. Levels (seats, models) never reset, the others count within their window. */
export interface Limits extends Readonly<Record<string, number | null>> {
  seats: number | null;
  models: number | null;
  predictionsPerMinute: number | null;
  predictionsPerHour: number | null;
  predictionsPerDay: number | null;
  concurrentTrainings: number | null;
  /** Of one training, all its attempts together. */
  trainingMinutes: number;
  /** Resident memory of one training process, in MiB. */
  trainingMegabytes: number;
}

/** A training beyond its time or memory ends, and nothing beside it. */
export const planLimits: Record<Plan, Limits> = {
  [Plan.STARTER]: {
    seats: 5,
    models: 10,
    predictionsPerMinute: 100,
    predictionsPerHour: 1_000,
    predictionsPerDay: 10_000,
    concurrentTrainings: 1,
    trainingMinutes: 30,
    trainingMegabytes: 2_048,
  },
  [Plan.PROFESSIONAL]: {
    seats: 25,
    models: 100,
    predictionsPerMinute: 500,
    predictionsPerHour: 5_000,
    predictionsPerDay: 50_000,
    concurrentTrainings: 2,
    trainingMinutes: 120,
    trainingMegabytes: 3_072,
  },
  [Plan.ENTERPRISE]: {
    seats: 500,
    models: 1_000,
    predictionsPerMinute: 1_000,
    predictionsPerHour: 10_000,
    predictionsPerDay: 100_000,
    concurrentTrainings: 4,
    trainingMinutes: 480,
    trainingMegabytes: 4_096,
  },
  [Plan.CUSTOM]: {
    seats: null,
    models: null,
    predictionsPerMinute: null,
    predictionsPerHour: null,
    predictionsPerDay: null,
    concurrentTrainings: 8,
    trainingMinutes: 1_440,
    trainingMegabytes: 6_144,
  },
};
