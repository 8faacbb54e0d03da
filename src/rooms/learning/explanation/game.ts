import type { Cell, Row } from "../cell.js";
import { imageWidth } from "../encoding/index.js";
import { writerOf } from "../feature-writer.js";
import { type Feature, featureWidth } from "../features.js";
import type { Preprocessing } from "../preprocessing.js";
import { patchesOf, type Patch } from "./patches.js";
import { wordsIn } from "./words.js";

/** A part of a row to which a share of the prediction is attributed. */
export interface Player {
  column: string;
  /** Of a text: the word, or the words where it has very many, as they stand there. */
  word: string | null;
  /** Of an image as the model sees it. */
  patch: Patch | null;
}

/** What counts as absent; see `Game`. */
export type Baseline = "TRAINING_STATISTICS" | "ZERO" | "EMPTY_TEXT" | "MEAN_IMAGE";

/**
 * A row as a coalition game (Shapley 1953; Štrumbelj and Kononenko, JMLR 11, 2010): any of its players can be absent,
 * and the network answers for those that are present.
 */
export interface Game {
  readonly players: Player[];
  readonly baseline: Baseline;
  readonly width: number;
  /** Writes the network's input for a coalition from `at` on, where `out` is zero; `present[i]` is 1 or 0. */
  readonly write: (present: Uint8Array, out: Float32Array, at: number) => void;
}

/**
 * The values of a feature without a value of its own: a number at its training mean, a truth at the commoner one, a
 * category as one that training did not see, a text without words. Nowhere but for truths are they zeros by chance: an
 * encoding is standardised, or marks what is there.
 */
const absentValue = (feature: Feature): number => (feature.kind === "BOOLEAN" ? feature.fallback : 0);

/** Each column is a player. */
function columnGame(features: readonly Feature[], cells: Row): Game {
  const widths = features.map(featureWidth);
  const begins = widths.map((_, place) => widths.slice(0, place).reduce((sum, width) => sum + width, 0));
  const width = widths.reduce((sum, each) => sum + each, 0);
  const encoded = new Float32Array(width);
  features.forEach((feature, place) => writerOf(feature)(cells[place], encoded, begins[place] ?? 0));
  return {
    players: features.map(({ column }) => ({ column, word: null, patch: null })),
    // A number that is read as it stands has no mean that is known.
    baseline: features.some(({ kind }) => kind === "RAW") ? "ZERO" : "TRAINING_STATISTICS",
    width,
    write: (present, out, at) =>
      features.forEach((feature, place) => {
        const begin = begins[place] ?? 0;
        if (present[place]) out.set(encoded.subarray(begin, begin + (widths[place] ?? 0)), at + begin);
        else out[at + begin] = absentValue(feature);
      }),
  };
}

/** Each word is a player; absent ones are left out, and those that are left move together. */
function wordGame(feature: Feature, cell: Cell): Game {
  const words = wordsIn(cell ?? "");
  const write = writerOf(feature);
  const { column } = feature;
  return {
    players: words.map((word) => ({ column, word: word.trim(), patch: null })),
    baseline: "EMPTY_TEXT",
    width: featureWidth(feature),
    write: (present, out, at) => write(words.filter((_, place) => present[place]).join(""), out, at),
  };
}

/** Each patch is a player; an absent one has the mean brightness of the training images, which encodes to 0. */
function patchGame(feature: Extract<Feature, { kind: "IMAGE" }>, cell: Cell): Game {
  const { column, width, channels } = feature;
  const patches = patchesOf(feature);
  const encoded = new Float32Array(imageWidth(feature));
  writerOf(feature)(cell, encoded, 0);
  return {
    players: patches.map((patch) => ({ column, word: null, patch })),
    baseline: "MEAN_IMAGE",
    width: encoded.length,
    write: (present, out, at) =>
      patches.forEach(({ x, y, width: across, height: down }, place) => {
        if (!present[place]) return;
        for (let line = y; line < y + down; line++) {
          const begin = (line * width + x) * channels;
          out.set(encoded.subarray(begin, begin + across * channels), at + begin);
        }
      }),
  };
}

/** A row as a game: by words where a text is all there is, by patches of an image, else by columns. */
export function gameOf({ features }: Pick<Preprocessing, "features">, cells: Row): Game {
  const [only, ...others] = features;
  if (others.length > 0 || !only) return columnGame(features, cells);
  if (only.kind === "IMAGE") return patchGame(only, cells[0] ?? null);
  if (only.kind === "TEXT" || only.kind === "TOKENS") return wordGame(only, cells[0] ?? null);
  return columnGame(features, cells);
}
