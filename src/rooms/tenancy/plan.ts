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
    STARTER: { description: "5 seats, 10 models, 10,000 predictions a day." },
    PROFESSIONAL: { description: "25 seats, 100 models, 50,000 predictions a day." },
    ENTERPRISE: { description: "500 seats, 1,000 models, 100,000 predictions a day." },
    CUSTOM: { description: "No limit but on trainings at once." },
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
}

const limits = (
  seats: number | null,
  models: number | null,
  perMinute: number | null,
  perHour: number | null,
  perDay: number | null,
  concurrentTrainings: number | null,
): Limits => ({
  seats,
  models,
  predictionsPerMinute: perMinute,
  predictionsPerHour: perHour,
  predictionsPerDay: perDay,
  concurrentTrainings,
});

export const planLimits: Record<Plan, Limits> = {
  [Plan.STARTER]: limits(5, 10, 100, 1_000, 10_000, 1),
  [Plan.PROFESSIONAL]: limits(25, 100, 500, 5_000, 50_000, 2),
  [Plan.ENTERPRISE]: limits(500, 1_000, 1_000, 10_000, 100_000, 4),
  [Plan.CUSTOM]: limits(null, null, null, null, null, 8),
};
