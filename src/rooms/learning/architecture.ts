import { z } from "zod";
import { badInput } from "../../kernel/errors.js";
import type { ModelType } from "./target.js";
import { parseInput } from "./validate.js";

export const activations = ["RELU", "TANH", "SIGMOID", "ELU", "SELU", "SOFTPLUS", "GELU", "LINEAR"] as const;
export type Activation = (typeof activations)[number];

export const architectureLimits = { layers: 16, units: 2_048, parameters: 10_000_000 };

const layerSchema = z.strictObject({
  units: z.int().min(1).max(architectureLimits.units),
  activation: z.enum(activations),
  /** Share of the layer's outputs silenced while training. */
  dropout: z.number().min(0).max(0.95).default(0),
  /** Factor of the squared weights added to the loss. */
  l2: z.number().min(0).max(10).default(0),
  /** Normalises the layer's sums over the batch before the activation. */
  batchNormalization: z.boolean().default(false),
});
export const architectureSchema = z.strictObject({
  layers: z.array(layerSchema).max(architectureLimits.layers),
});
/** Hidden dense layers in order; none makes a linear model. The output layer is added to fit the target. */
export type Architecture = z.infer<typeof architectureSchema>;
export type ArchitectureInput = z.input<typeof architectureSchema>;
export type DenseLayer = Architecture["layers"][number];

/** Fills in defaults. @throws BAD_USER_INPUT with the place of each fault below `architecture`. */
export const parseArchitecture = (input: unknown): Architecture =>
  parseInput(architectureSchema, input, "architecture");

/** Name and shape of one weight tensor, in the order of storage. */
export interface WeightShape {
  name: string;
  shape: number[];
}

const normalizationWeights = ["gamma", "beta", "mean", "variance"];

/** Every weight tensor of the network; the one description that training, storage and serving share. */
export function weightShapes(architecture: Architecture, inputs: number, outputs: number): WeightShape[] {
  const shapes: WeightShape[] = [];
  let width = inputs;
  const dense = (name: string, units: number) => {
    shapes.push({ name: `${name}.kernel`, shape: [width, units] }, { name: `${name}.bias`, shape: [units] });
    width = units;
  };
  architecture.layers.forEach((layer, index) => {
    dense(String(index), layer.units);
    if (!layer.batchNormalization) return;
    for (const name of normalizationWeights) shapes.push({ name: `${index}.${name}`, shape: [layer.units] });
  });
  dense("output", outputs);
  return shapes;
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

export const parameterCount = (architecture: Architecture, inputs: number, outputs: number): number =>
  weightShapes(architecture, inputs, outputs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Why a network of so many inputs and outputs is over the limit, or null where it is not. */
export function parameterFault(architecture: Architecture, inputs: number, outputs: number): string | null {
  const count = parameterCount(architecture, inputs, outputs);
  const { parameters } = architectureLimits;
  if (count <= parameters) return null;
  const sizes = `${inputs} inputs and ${outputs} outputs`;
  return `With ${sizes} this network has ${count} parameters, more than ${parameters}. Use fewer or smaller layers.`;
}

/** Refuses a network over the limit while it is still only numbers. @throws BAD_USER_INPUT */
export function checkParameters(architecture: Architecture, inputs: number, outputs: number): void {
  const fault = parameterFault(architecture, inputs, outputs);
  if (fault !== null) throw badInput("architecture.layers", fault);
}

/** Thousands of sparse term weights need few units and much dropout; squared weights stay free, as rare terms weigh a lot. */
const textArchitecture = (type: ModelType): Architecture => ({
  layers: [
    {
      units: 32,
      activation: "RELU",
      l2: 0,
      dropout: type === "REGRESSION" ? 0.2 : 0.5,
      batchNormalization: false,
    },
  ],
});

/**
 * A network that suits a first try: small and strongly regularised for few rows, wider for many. Classes of few rows
 * want more dropout than numbers do (measured over seeds on the data sets in test/data).
 */
export function suitableArchitecture(
  type: ModelType,
  rows: number,
  inputs: number,
  mostlyText = false,
): Architecture {
  if (mostlyText) return textArchitecture(type);
  const few = rows < 1_000;
  const units = few ? 32 : Math.min(128, Math.max(64, 2 ** Math.ceil(Math.log2(inputs))));
  const dropout = few ? (type === "CLASSIFICATION" ? 0.3 : 0.2) : 0.1;
  const layerOf = (width: number): DenseLayer => ({
    units: width,
    activation: "RELU",
    l2: few ? 0.01 : 0.0003,
    dropout,
    batchNormalization: false,
  });
  return { layers: [layerOf(units), layerOf(units / 2)] };
}
