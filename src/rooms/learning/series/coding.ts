import { ArtefactInvalid } from "../errors.js";
import type { Preprocessing } from "../preprocessing.js";
import type { SeriesCoding } from "./encode.js";

/** How a forecasting model reads and answers; null for every other. @throws ARTEFACT_INVALID where its parts disagree */
export function codingOf({
  features,
  target,
}: Pick<Preprocessing, "features" | "target">): SeriesCoding | null {
  if (target.type !== "TIME_SERIES") return null;
  const read = features.filter((feature) => feature.kind === "SERIES");
  const agrees =
    read.length === features.length &&
    read[0]?.column === target.column &&
    read.every(({ window }) => window === target.window);
  if (!agrees) throw new ArtefactInvalid(undefined, { fault: "Its features are not those of a series." });
  return { features: read, target };
}

/** @throws ARTEFACT_INVALID where the model does not forecast */
export function requireCoding(preprocessing: Pick<Preprocessing, "features" | "target">): SeriesCoding {
  const coding = codingOf(preprocessing);
  if (coding) return coding;
  throw new ArtefactInvalid(undefined, { fault: "It is no model of a series." });
}
