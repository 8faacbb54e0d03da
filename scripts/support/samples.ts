import { clock, newId } from "../../src/kernel/clock.js";
import type { Chooser } from "./documents.js";

const csv = "size,kind\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n7,a\n8,b\n9,a\n10,b\n";

/** Values that pass the validation of inputs, by the name of the place; new ones for what must be unique. */
const samples: Record<string, () => unknown> = {
  email: () => `${newId("drill")}@drill.test`,
  slug: () => newId("drill").replace("_", "-"),
  name: () => newId("drill"),
  password: () => "a sentence that is long enough",
  currentPassword: () => "not the present password",
  newPassword: () => "another sentence of some length",
  scopes: () => "model:read",
  actions: () => "model.created",
  content: () => csv,
  document: () => `{ viewer { id } ${newId("drill")}: __typename }`,
  version: () => "1.0.0",
  target: () => "kind",
  features: () => "size",
  units: () => 4,
  trafficPercent: () => 100,
  contextLength: () => 8,
  topP: () => 0.9,
  from: () => "2020-01-01T00:00:00Z",
  to: () => "2100-01-01T00:00:00Z",
};

const byType: Record<string, () => unknown> = {
  Boolean: () => false,
  Int: () => 1,
  SafeInt: () => 1,
  Float: () => 0,
  DateTime: () => new Date(clock.now().getTime() + 86_400_000).toISOString(),
  JSONObject: () => ({ size: 1 }),
  JSON: () => ({ size: 1 }),
};

/** Ids and hashes come from `identity`, all else from the samples. */
export const sampler =
  (identity: (name: string) => string): Chooser =>
  (name, type) => {
    if (type === "ID" || name === "hash") return identity(name);
    return (samples[name] ?? byType[type] ?? (() => "drill"))();
  };
