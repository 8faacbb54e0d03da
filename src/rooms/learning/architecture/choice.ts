import { z } from "zod";
import { badInput } from "../../../kernel/errors.js";
import { parseInput } from "../validate.js";
import { type Architecture, architectureSchema } from "./layer.js";
import type { Fault } from "./outline.js";
import type { InputShape } from "./outputs.js";
import { type NamedPreset, type PresetFacts, presetSchemas, presets } from "./presets.js";

export const namedPresets = Object.keys(presetSchemas) as NamedPreset[];
export const presetNames = [...namedPresets, "CUSTOM"] as const;
export type PresetName = (typeof presetNames)[number];

const union = z.discriminatedUnion("preset", [
  z.strictObject({ preset: z.literal("CUSTOM"), ...architectureSchema.shape }),
  z.strictObject({ preset: z.literal("DENSE"), parameters: presetSchemas.DENSE.prefault({}) }),
  z.strictObject({ preset: z.literal("CNN_1D"), parameters: presetSchemas.CNN_1D.prefault({}) }),
  z.strictObject({ preset: z.literal("CNN_2D"), parameters: presetSchemas.CNN_2D.prefault({}) }),
  z.strictObject({ preset: z.literal("LSTM"), parameters: presetSchemas.LSTM.prefault({}) }),
  z.strictObject({ preset: z.literal("GRU"), parameters: presetSchemas.GRU.prefault({}) }),
  z.strictObject({ preset: z.literal("TRANSFORMER"), parameters: presetSchemas.TRANSFORMER.prefault({}) }),
  z.strictObject({
    preset: z.literal("GRADIENT_BOOSTED_TREES"),
    parameters: presetSchemas.GRADIENT_BOOSTED_TREES.prefault({}),
  }),
]);
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
/** Layers without a preset are CUSTOM, as in the models of before. */
const choiceSchema = z.preprocess(
  (value) => (isObject(value) && !("preset" in value) ? { preset: "CUSTOM", ...value } : value),
  union,
);

/** What a model stores: a preset with its parameters, whose layers follow from the data, or the layers themselves. */
export type ArchitectureChoice = z.infer<typeof union>;

/** Fills in defaults. @throws BAD_USER_INPUT with the place of each fault below `architecture` */
export const parseChoice = (input: unknown): ArchitectureChoice =>
  parseInput(choiceSchema, input, "architecture");

/** Completes a list of layers. @throws BAD_USER_INPUT with the place of each fault below `architecture` */
export const parseArchitecture = (input: unknown): Architecture =>
  parseInput(architectureSchema, input, "architecture");

/** Presets that go through a text word by word, where the others see which words it has. */
const wordByWord: readonly PresetName[] = ["CNN_1D", "LSTM", "GRU", "TRANSFORMER"];

/** Whether the network reads token numbers and nothing else, reads them where there is a text, or never does. */
export function tokenUse(choice: ArchitectureChoice | Architecture): "ALWAYS" | "OVER_TEXT" | "NEVER" {
  if ("layers" in choice) return choice.layers[0]?.type === "EMBEDDING" ? "ALWAYS" : "NEVER";
  return wordByWord.includes(choice.preset) ? "OVER_TEXT" : "NEVER";
}

/** The layers that a choice means for an input, or what speaks against it. */
export function layersFor(choice: ArchitectureChoice, input: InputShape): Architecture | Fault {
  if (choice.preset === "CUSTOM") return { layers: choice.layers };
  const { layers } = presets[choice.preset] as PresetFacts<NamedPreset>;
  const made = layers(choice.parameters, input);
  if (Array.isArray(made)) return { layers: made };
  const place = made.parameter === undefined ? "preset" : `parameters.${made.parameter}`;
  return { path: `architecture.${place}`, message: made.message };
}

/** @throws BAD_USER_INPUT where the preset does not suit the input */
export function resolveArchitecture(choice: ArchitectureChoice, input: InputShape): Architecture {
  const made = layersFor(choice, input);
  if ("layers" in made) return made;
  throw badInput(made.path, made.message);
}
