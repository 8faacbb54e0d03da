import { booleanOf, type Cell, categoryOf, numberOf } from "./cell.js";
import { imageWriter, sequenceWriter, termWriter } from "./encoding/index.js";
import type { Feature } from "./features.js";
import { mostScaled } from "./normalization.js";

type Of<Kind extends Feature["kind"]> = Extract<Feature, { kind: Kind }>;

/** Writes the values of one cell into `out` (already zero) from `at` on. */
export type Writer = (cell: Cell | undefined, out: Float32Array, at: number) => void;

const numberWriter = (feature: Of<"NUMBER">): Writer => {
  const most = mostScaled(feature.normalization ?? "STANDARD");
  return (cell, out, at) => {
    const value = numberOf(cell);
    const scaled = ((value ?? feature.median) - feature.mean) / feature.deviation;
    out[at] = Math.max(-most, Math.min(most, scaled));
    if (feature.indicator && value === null) out[at + 1] = 1;
  };
};

const booleanWriter = (feature: Of<"BOOLEAN">): Writer => {
  return (cell, out, at) => {
    const value = booleanOf(cell);
    out[at] = value ?? feature.fallback;
    if (feature.indicator && value === null) out[at + 1] = 1;
  };
};

const categoryWriter = (feature: Of<"CATEGORY">): Writer => {
  const places = new Map(feature.categories.map((category, place) => [category, place]));
  return (cell, out, at) => {
    const value = categoryOf(cell);
    const place =
      value === null ? (feature.missing ? feature.categories.length : undefined) : places.get(value);
    if (place !== undefined) out[at + place] = 1;
  };
};

const textWriter = ({ parts }: Of<"TEXT">): Writer => {
  const write = termWriter(parts);
  return (cell, out, at) => write(categoryOf(cell) ?? "", out, at);
};

const tokensWriter = ({ sequence }: Of<"TOKENS">): Writer => {
  const write = sequenceWriter(sequence);
  return (cell, out, at) => write(categoryOf(cell) ?? "", out, at);
};

const rawWriter: Writer = (cell, out, at) => {
  out[at] = Math.fround(numberOf(cell) ?? 0);
};

/** What encodes the cells of one column. A series has none: it is encoded window by window. */
export function writerOf(feature: Feature): Writer {
  // What a cell of a series says depends on the cells before it, so there is nothing to write of one alone.
  if (feature.kind === "SERIES") throw new TypeError("A series is encoded window by window.");
  if (feature.kind === "RAW") return rawWriter;
  if (feature.kind === "IMAGE") return imageWriter(feature);
  if (feature.kind === "NUMBER") return numberWriter(feature);
  if (feature.kind === "TEXT") return textWriter(feature);
  if (feature.kind === "TOKENS") return tokensWriter(feature);
  return feature.kind === "BOOLEAN" ? booleanWriter(feature) : categoryWriter(feature);
}
