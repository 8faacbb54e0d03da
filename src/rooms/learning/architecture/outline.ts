import { badInput } from "../../../kernel/errors.js";
import { activationsOf } from "./activations.js";
import type { Architecture, Layer, LayerType } from "./layer.js";
import { architectureLimits } from "./limits.js";
import { type InputShape, outputOf, sizeOf } from "./outputs.js";
import { type WeightShape, weightsOf } from "./weights.js";

/** What one layer makes of a row; the last one of a network is its output. */
export interface LayerOutline {
  type: LayerType | "OUTPUT";
  /** Without the batch. */
  shape: number[];
  weights: WeightShape[];
  parameters: number;
  /** Values that one row leaves in memory here. */
  activations: number;
}

export interface Fault {
  path: string;
  message: string;
}

export interface Outline {
  /** All layers and the output, or those before the fault. */
  layers: LayerOutline[];
  fault: Fault | null;
}

function outlineOf(
  type: LayerOutline["type"],
  layer: Layer,
  prefix: string,
  from: readonly number[],
  shape: number[],
  vocabulary?: number,
): LayerOutline {
  const weights = weightsOf(layer, from, vocabulary).map(({ name, shape: sides }) => ({
    name: `${prefix}.${name}`,
    shape: sides,
  }));
  const parameters = weights.reduce((sum, { shape: sides }) => sum + sizeOf(sides), 0);
  return { type, shape, weights, parameters, activations: activationsOf(layer, from, shape) };
}

const outputLayer = (units: number): Layer => ({
  type: "DENSE",
  units,
  activation: "LINEAR",
  dropout: 0,
  l2: 0,
  batchNormalization: false,
});

/** Goes through the network on numbers alone, up to the first layer that does not fit. */
export function outline({ layers }: Architecture, input: InputShape, outputs: number): Outline {
  const done: LayerOutline[] = [];
  let { shape } = input;
  const failed = (place: string, message: string): Outline => ({
    layers: done,
    fault: { path: `architecture.layers${place}`, message },
  });
  for (const [index, layer] of layers.entries()) {
    const to = outputOf(layer, index, shape, input);
    if (typeof to === "string") return failed(`.${index}`, to);
    const made = outlineOf(layer.type, layer, String(index), shape, to, input.vocabulary);
    if (isBoundless(made)) return failed(`.${index}`, boundless(made));
    done.push(made);
    shape = to;
  }
  if (layers.length === 0 && input.vocabulary !== undefined)
    return failed("", "Token numbers can't be weighed. Begin with an EMBEDDING.");
  if (shape.length > 1 && !input.everyStep) return failed("", unfinished(shape));
  const answered = [...shape.slice(0, -1), outputs];
  done.push(outlineOf("OUTPUT", outputLayer(outputs), "output", shape, answered));
  return { layers: done, fault: null };
}

const isBoundless = ({ shape, activations }: LayerOutline): boolean =>
  Math.max(sizeOf(shape), activations) > architectureLimits.rowValues;

const boundless = ({ type, shape }: LayerOutline): string =>
  `${type} would make [${shape.join(", ")}] of every single row, more than any memory holds. Use smaller inputs or a pooling before it.`;

const unfinished = (shape: readonly number[]): string =>
  `The last layer gives [${shape.join(", ")}], and the output needs one line of values. End with FLATTEN or a GLOBAL pooling.`;

/**
 * Every weight tensor of the network in the order of storage; the one description that training, storage, serving and
 * export share. @throws BAD_USER_INPUT where the layers do not fit
 */
export function weightShapes(architecture: Architecture, input: InputShape, outputs: number): WeightShape[] {
  const { layers, fault } = outline(architecture, input, outputs);
  if (fault) throw badInput(fault.path, fault.message);
  return layers.flatMap(({ weights }) => weights);
}

/** @throws BAD_USER_INPUT where the layers do not fit */
export const parameterCount = (architecture: Architecture, input: InputShape, outputs: number): number =>
  weightShapes(architecture, input, outputs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
