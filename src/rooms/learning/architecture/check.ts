import { BadUserInput } from "../../../kernel/errors.js";
import { architectureLimits } from "./limits.js";
import type { Architecture } from "./layer.js";
import { type Fault, type LayerOutline, outline } from "./outline.js";
import type { InputShape } from "./outputs.js";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const bytesPerValue = 4;
/** Each value is kept for the way back, where its gradient takes the same again. */
const withGradient = 2;

/** About the memory that a batch takes beside the weights, in bytes. */
export const activationBytes = (layers: readonly LayerOutline[], batchSize: number): number =>
  sum(layers.map(({ activations }) => activations)) * batchSize * bytesPerValue * withGradient;

/** Memory that the activations of rows which go through together may take while serving. */
const servingBytes = 64 * 2 ** 20;

/** How many rows go through together while serving: a multiple of `step`, at least one of them. */
export function rowsAtOnce(layers: readonly LayerOutline[], step = 1): number {
  return Math.max(step, step * Math.floor(servingBytes / activationBytes(layers, 1) / step));
}

function parameterFault(layers: readonly LayerOutline[], input: InputShape): Fault | null {
  const count = sum(layers.map(({ parameters }) => parameters));
  const { parameters } = architectureLimits;
  if (count <= parameters) return null;
  const outputs = layers.at(-1)?.shape.at(-1) ?? 1;
  const sizes = `${input.shape.join(" × ")} inputs and ${outputs} outputs`;
  return {
    path: "architecture.layers",
    message: `With ${sizes} this network has ${count.toLocaleString("en")} parameters, more than ${parameters.toLocaleString("en")}. Use fewer or smaller layers.`,
  };
}

function memoryFault(layers: readonly LayerOutline[], batchSize: number): Fault | null {
  const needed = activationBytes(layers, batchSize);
  const most = architectureLimits.activationBytes;
  if (needed <= most) return null;
  const [mebibytes, allowed] = [needed, most].map((bytes) => Math.ceil(bytes / 2 ** 20));
  return {
    path: "hyperparameters.batchSize",
    message: `A batch of ${batchSize} rows takes about ${mebibytes} MiB in this network, more than ${allowed} MiB. Use smaller batches or smaller layers.`,
  };
}

/** All that speaks against a network of this input, known from numbers alone; empty where nothing does. */
export function faultsOf(
  architecture: Architecture,
  input: InputShape,
  outputs: number,
  batchSize: number,
): Fault[] {
  const { layers, fault } = outline(architecture, input, outputs);
  if (fault) return [fault];
  return [parameterFault(layers, input), memoryFault(layers, batchSize)].filter((found) => found !== null);
}

/** Refuses what can't be built while it is still only numbers. @throws BAD_USER_INPUT with the place of each fault */
export function checkArchitecture(
  architecture: Architecture,
  input: InputShape,
  outputs: number,
  batchSize: number,
): void {
  const fields = faultsOf(architecture, input, outputs, batchSize);
  if (fields[0]) throw new BadUserInput(fields[0].message, { fields });
}
