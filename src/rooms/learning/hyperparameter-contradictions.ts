import type { Hyperparameters } from "./hyperparameter-schema.js";
import { type ModelType, predictsNumbers } from "./model-types.js";

/** What is to be trained. */
interface Subject {
  readonly type: ModelType;
  /** Whether texts are all there is to learn from. */
  readonly texts: boolean;
}

/** A setting that means nothing here or that another one rules out. */
interface Contradiction {
  /** Its place below `hyperparameters`. */
  readonly name: string;
  readonly wrong: (all: Hyperparameters, subject: Subject) => boolean;
  /** What to do; a text, or made of what was chosen. */
  readonly message: string | ((all: Hyperparameters, subject: Subject) => string);
}

/** Half of one word and half of another is no word; a series has the order of its windows. */
const mixes = (type: ModelType): boolean =>
  type === "CLASSIFICATION" || type === "REGRESSION" || type === "IMAGE";

const scales = (type: ModelType): boolean =>
  type !== "TEXT_GENERATION" && type !== "TIME_SERIES" && type !== "IMAGE";

function repeatedClass({ weightsOfClasses }: Hyperparameters): string | undefined {
  const labels = (weightsOfClasses ?? []).map(({ label }) => label);
  return labels.find((label, at) => labels.indexOf(label) !== at);
}

const ofTextsAlone = "Only models of type TEXT_GENERATION have it. Leave it out.";

/** In the order in which they are told: of several the first. */
const known: readonly Contradiction[] = [
  {
    name: "augmentation",
    wrong: ({ augmentation }, { type }) => augmentation !== null && type !== "IMAGE",
    message: "Only images can be moved and mirrored. Leave it out.",
  },
  {
    name: "weightDecay",
    wrong: ({ weightDecay, optimizer }) => weightDecay > 0 && optimizer !== "ADAM",
    message: "Weight decay goes with ADAM alone. Choose ADAM, or give the layers an `l2`.",
  },
  {
    name: "weightsOfClasses",
    wrong: ({ weightsOfClasses }, { type }) => weightsOfClasses !== null && predictsNumbers(type),
    message: "A number has no classes. Leave them out.",
  },
  {
    name: "normalization",
    wrong: ({ normalization }, { type }) => normalization !== "STANDARD" && !scales(type),
    message: (_, { type }) =>
      `Only columns of numbers are scaled so, and a model of type ${type} reads its data another way. Leave it out.`,
  },
  {
    name: "classWeights",
    wrong: ({ classWeights }, { type }) => classWeights === "BALANCED" && predictsNumbers(type),
    message: "A number has no classes. Leave it out.",
  },
  {
    name: "weightsOfClasses",
    wrong: ({ weightsOfClasses }, { type }) => weightsOfClasses !== null && type === "TEXT_GENERATION",
    message: "Texts have no classes to be weighed. Leave them out.",
  },
  {
    name: "classWeights",
    wrong: ({ classWeights }, { type }) => classWeights === "BALANCED" && type === "TEXT_GENERATION",
    message: "Texts have no classes to be weighed. Leave it out.",
  },
  {
    name: "mixup",
    wrong: ({ mixup = 0 }, { type, texts }) => mixup > 0 && (texts || !mixes(type)),
    message: "Only images and rows that hold more than texts can be mixed. Leave it out.",
  },
  {
    name: "tokens",
    wrong: ({ tokens }, { type }) => tokens !== undefined && type !== "TEXT_GENERATION",
    message: ofTextsAlone,
  },
  {
    name: "contextLength",
    wrong: ({ contextLength }, { type }) => contextLength !== undefined && type !== "TEXT_GENERATION",
    message: ofTextsAlone,
  },
  {
    name: "weightsOfClasses",
    wrong: ({ weightsOfClasses, classWeights }) => weightsOfClasses !== null && classWeights === "BALANCED",
    message: "Weights by hand and BALANCED can't both count. Leave one of them out.",
  },
  {
    name: "weightsOfClasses",
    wrong: (all) => repeatedClass(all) !== undefined,
    message: (all) => `The class ${JSON.stringify(repeatedClass(all))} is named twice.`,
  },
  {
    name: "schedule.warmupEpochs",
    wrong: ({ schedule, epochs }) => schedule !== null && schedule.warmupEpochs >= epochs,
    message: ({ epochs }) => `The warm-up must be shorter than the ${epochs} epochs of the training.`,
  },
];

/** The first setting that means nothing here or that another one rules out, with what to do; null where none does. */
export function contradiction(
  all: Hyperparameters,
  subject: Subject,
): { readonly name: string; readonly message: string } | null {
  const found = known.find(({ wrong }) => wrong(all, subject));
  if (!found) return null;
  const { name, message } = found;
  return { name, message: typeof message === "string" ? message : message(all, subject) };
}
