import type { ValueTransformer } from "typeorm";
import { type ArchitectureChoice, parseChoice } from "../learning/index.js";
import type { ArchitectureInput } from "./architecture.type.js";

/** GraphQL's null means "not given" here, and class instances become plain objects. */
function given(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(given);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [name, given(inner)]));
}

/** A caller's choice, completed. @throws BAD_USER_INPUT with the place of each fault below `architecture` */
export const choiceOf = (input: ArchitectureInput): ArchitectureChoice => parseChoice(given(input));

interface Stored {
  preset?: string;
  layers?: { type?: string }[];
}

const named = (architecture: Stored | null): Stored | null =>
  architecture && {
    ...architecture,
    preset: architecture.preset ?? "CUSTOM",
    ...(Array.isArray(architecture.layers) && {
      layers: architecture.layers.map((layer) => ({ ...layer, type: layer.type ?? "DENSE" })),
    }),
  };

/** Models of before have neither a preset nor types of layers; both are what they were when nothing else was known. */
export const storedArchitecture: ValueTransformer = { to: (value: unknown) => value, from: named };
