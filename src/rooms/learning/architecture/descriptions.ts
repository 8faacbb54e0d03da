import { z } from "zod";
import { type PresetName, presetNames } from "./choice.js";
import { layerSchemas, type LayerType, layerTypes } from "./layer.js";
import { type InputKind, inputKinds } from "./preset-layers.js";
import { presetSchemas, presets } from "./presets.js";

export const settingTypes = ["INTEGER", "NUMBER", "BOOLEAN", "CHOICE", "INTEGER_LIST"] as const;
export type SettingType = (typeof settingTypes)[number];

/** One field of a form. */
export interface SettingDescription {
  name: string;
  type: SettingType;
  description: string;
  required: boolean;
  minimum: number | null;
  maximum: number | null;
  choices: string[] | null;
  /** As text, since it may be of any type; null where there is none. */
  default: string | null;
}
export interface LayerDescription {
  type: LayerType;
  description: string;
  settings: SettingDescription[];
}
export interface ArchitectureDescription {
  preset: PresetName;
  name: string;
  description: string;
  suits: readonly InputKind[];
  parameters: SettingDescription[];
  /** The layers to choose from; only CUSTOM has any. */
  layers: LayerDescription[];
}

/** The part of JSON Schema that our settings come out as. */
const jsonSetting = z.object({
  type: z.enum(["integer", "number", "boolean", "string", "array"]),
  description: z.string().default(""),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  default: z.union([z.number(), z.boolean(), z.string()]).optional(),
  items: z.object({ minimum: z.number().optional(), maximum: z.number().optional() }).optional(),
});
const jsonObject = z.object({
  description: z.string().default(""),
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});
const types = {
  integer: "INTEGER",
  number: "NUMBER",
  boolean: "BOOLEAN",
  string: "CHOICE",
  array: "INTEGER_LIST",
} as const;

/** A field of a form from the JSON Schema of its value. */
export function describeSetting(name: string, schema: unknown, required: boolean): SettingDescription {
  const setting = jsonSetting.parse(schema);
  const bounds = setting.items ?? setting;
  return {
    name,
    type: types[setting.type],
    description: setting.description,
    required,
    minimum: bounds.minimum ?? null,
    maximum: bounds.maximum ?? null,
    choices: setting.enum ?? null,
    default: setting.default === undefined ? null : String(setting.default),
  };
}

/** Read from the schema that checks the input, so that a form promises what is accepted and no more. */
function describe(schema: z.ZodType): { description: string; settings: SettingDescription[] } {
  const { description, properties, required } = jsonObject.parse(z.toJSONSchema(schema, { io: "input" }));
  const settings = Object.entries(properties)
    .filter(([name]) => name !== "type")
    .map(([name, property]) => describeSetting(name, property, required.includes(name)));
  return { description, settings };
}

const describeLayer = (type: LayerType): LayerDescription => ({ type, ...describe(layerSchemas[type]) });

function describePreset(preset: PresetName): ArchitectureDescription {
  if (preset !== "CUSTOM") {
    const { name, description, suits } = presets[preset];
    return {
      preset,
      name,
      description,
      suits,
      parameters: describe(presetSchemas[preset]).settings,
      layers: [],
    };
  }
  return {
    preset,
    name: "Your own layers",
    description: "A list of layers from this list; the output layer follows from the target.",
    suits: inputKinds,
    parameters: [],
    layers: layerTypes.map(describeLayer),
  };
}

let described: ArchitectureDescription[] | undefined;

/** Every architecture with its settings and their bounds, enough to build a form from. */
export const describeArchitectures = (): readonly ArchitectureDescription[] =>
  (described ??= presetNames.map(describePreset));
