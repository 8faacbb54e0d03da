export const modelTypes = [
  "CLASSIFICATION",
  "REGRESSION",
  "TEXT_CLASSIFICATION",
  "SENTIMENT",
  "IMAGE",
  "TIME_SERIES",
  "CLUSTERING",
  "TEXT_GENERATION",
  "CUSTOM",
] as const;
export type ModelType = (typeof modelTypes)[number];

/** What is done with a model that not every type can have done to it. */
export type Use = "PREDICT" | "BATCH" | "EXPLAIN" | "GENERATE" | "COMPARE" | "FINE_TUNE" | "SEARCH" | "SPLIT";

interface TypeFacts {
  /** What the outputs of its network are; OWN is what its target makes of it, or a file of another's. */
  answers: "CLASS" | "NUMBER" | "CLUSTER" | "TOKEN" | "OWN";
  /** Reads one column of free text and nothing else. */
  readsOneText?: true;
  /** Why it is of no use for these, and what to do instead: words for the caller. */
  not: Partial<Record<Use, string>>;
}

const writesNothing = {
  GENERATE: "Only a model of type TEXT_GENERATION writes texts. Call predict instead.",
};
const notSearched = "Only settings of classifications and regressions are searched. Call startTraining.";

/** All that depends on a model's type and is no arithmetic: a new type says here what it can do. */
const facts: Record<ModelType, TypeFacts> = {
  CLASSIFICATION: { answers: "CLASS", not: writesNothing },
  REGRESSION: { answers: "NUMBER", not: writesNothing },
  TEXT_CLASSIFICATION: { answers: "CLASS", readsOneText: true, not: writesNothing },
  SENTIMENT: { answers: "CLASS", readsOneText: true, not: writesNothing },
  IMAGE: { answers: "CLASS", not: writesNothing },
  TIME_SERIES: {
    answers: "NUMBER",
    not: {
      ...writesNothing,
      BATCH: "A forecast is made of all rows together, not row by row. Call predict instead.",
      EXPLAIN:
        "A forecast is made of all rows together, and no single one explains it. Call predict instead.",
      SEARCH: notSearched,
      SPLIT: "Of a series the last rows are held out, whatever is asked for. Leave `split` out.",
    },
  },
  CLUSTERING: {
    answers: "CLUSTER",
    not: {
      ...writesNothing,
      COMPARE:
        "No row says which cluster is right, so clusterings can't be measured against each other. Look at the silhouette and the candidates among the metrics of each version.",
      FINE_TUNE: "Clusters are looked for anew each time. Leave `fromVersion` out.",
      SEARCH: notSearched,
    },
  },
  TEXT_GENERATION: {
    answers: "TOKEN",
    not: {
      PREDICT: "A model of type TEXT_GENERATION predicts no rows. Call generateText instead.",
      BATCH: "A model of type TEXT_GENERATION predicts no rows. Call generateText instead.",
      EXPLAIN: "A model of type TEXT_GENERATION predicts no rows to explain. Call generateText instead.",
      COMPARE:
        "Versions of a TEXT_GENERATION model foretell no rows. Compare the perplexity in their metrics.",
      SEARCH: notSearched,
    },
  },
  // What a CUSTOM model learns here is a classification or a regression: these are versions from files, of outputs
  // that nobody has named.
  CUSTOM: {
    answers: "OWN",
    not: {
      ...writesNothing,
      COMPARE:
        "Nobody has said what its outputs are, so no row says what is right. Import it as a CLASSIFICATION or REGRESSION.",
      FINE_TUNE: "Nobody has said what its outputs are, so no row teaches it more. Leave `fromVersion` out.",
      SEARCH:
        "A model of type CUSTOM has an architecture of its own, so none is searched for. Call startTraining.",
    },
  },
};

/** Why a model of this type is of no such use, in a sentence for the caller; null where it is. */
export const whyNot = (type: ModelType, use: Use): string | null => facts[type].not[use] ?? null;

/** Whether a model of this type reads one column of free text and nothing else. */
export const readsOneText = (type: ModelType): boolean => facts[type].readsOneText ?? false;

/** Whether a network of this type puts out numbers, which errors are squared of. */
export const predictsNumbers = (type: ModelType): boolean => facts[type].answers === "NUMBER";

/** Whether a network of this type puts out scores that a softmax makes shares of one whole: of classes, or clusters. */
export const predictsClasses = (type: ModelType): boolean =>
  facts[type].answers === "CLASS" || facts[type].answers === "CLUSTER";
