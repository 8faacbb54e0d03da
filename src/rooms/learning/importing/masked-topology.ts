import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { firstToken, sequenceLimits } from "../encoding/token-sequence.js";
import { type PoolingType, tfjsMaskedPooling } from "../exchange/tfjs-pooling.js";

/** A layer of a file, as it stands there. */
interface FileLayer {
  class_name: string;
  config: Record<string, unknown>;
  inbound_nodes?: unknown;
}

/** What our own export makes several layers of, by the name that the several are read under together. */
export const poolings: Readonly<Record<string, PoolingType>> = {
  TenfoldMaskedAverage: "GLOBAL_AVERAGE_POOLING",
  TenfoldMaskedMaximum: "GLOBAL_MAX_POOLING",
};

const nameOf = (layer: FileLayer | undefined): unknown => layer?.config["name"];
const inputsOf = ({ inbound_nodes: nodes }: FileLayer): unknown[] =>
  [nodes].flat(2).map((input) => (Array.isArray(input) ? input[0] : undefined));

/** Steps and vocabulary, as the first layer and a table of tokens say them; no larger than any of ours. */
export const placeSchema = z.object({
  steps: z.int().min(1).max(sequenceLimits.length),
  vocabulary: z
    .int()
    .min(1)
    .max(firstToken + sequenceLimits.tokens),
});

function sizesAt(layers: readonly FileLayer[], at: number): z.infer<typeof placeSchema> | null {
  const sides = layers[0]?.config["batch_input_shape"];
  const found = { steps: (sides as unknown[] | undefined)?.[1], vocabulary: layers[at]?.config["input_dim"] };
  return placeSchema.safeParse(found).data ?? null;
}

interface Pooled {
  layer: FileLayer;
  /** How many layers of the file it is. */
  count: number;
}

/** The layers from `at` on as one pooling of ours, or null where they differ from it in anything but names. */
function pooledAs(name: string, layers: readonly FileLayer[], at: number): Pooled | null {
  const [type, place] = [poolings[name], sizesAt(layers, at)];
  if (!type || !place) return null;
  const ours = tfjsMaskedPooling({ type }, place);
  const theirs = layers.slice(at, at + ours.length);
  const keys = ours.map(({ key }, index): [string, unknown] => [key ?? "", nameOf(theirs[index])]);
  const named = new Map(keys).set("tokens", nameOf(layers[0])).set("steps", nameOf(layers[at - 1]));
  const same = ours.every(({ class_name, config, from }, index) => {
    const layer = theirs[index];
    const inputs = from?.map((key) => named.get(key)) ?? [nameOf(theirs[index - 1])];
    return (
      layer?.class_name === class_name &&
      isDeepStrictEqual(layer.config, { name: nameOf(layer), ...config }) &&
      isDeepStrictEqual(inputsOf(layer), inputs)
    );
  });
  if (!same) return null;
  const tables = ours.flatMap(({ key = "", constants }) => (constants ? [named.get(key)] : []));
  const config = { name: nameOf(theirs.at(-1)), ...place, tables };
  const layer = { class_name: name, config, inbound_nodes: [[[named.get("steps")]]] };
  return { layer, count: ours.length };
}

function pooledAt(layers: readonly FileLayer[], at: number): Pooled | null {
  if (at < 2 || layers[at]?.class_name !== "Embedding") return null;
  const found = Object.keys(poolings).map((name) => pooledAs(name, layers, at));
  return found.find((pooled) => pooled !== null) ?? null;
}

/** The layers with each pooling that leaves out padding as one of them: written by our export, it branches. */
export function withMaskedPooling(layers: readonly FileLayer[]): FileLayer[] {
  const found: FileLayer[] = [];
  for (let at = 0; at < layers.length; ) {
    const pooled = pooledAt(layers, at);
    const layer = pooled?.layer ?? layers[at];
    if (layer) found.push(layer);
    at += pooled?.count ?? 1;
  }
  return found;
}
