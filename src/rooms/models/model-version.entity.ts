import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import type { ImageSize } from "../../kernel/images/index.js";
import { SafeInt } from "../../kernel/graphql/scalars.js";
import type { Baselines, NextTokenScore, Signature } from "../learning/index.js";
import { Engine } from "./engine.js";
import { ForecastMetricsType } from "./evaluation/forecast.type.js";
import { storedArchitecture } from "./architecture.stored.js";
import { ArchitectureInput } from "./architecture.type.js";
import { Kernels, LeftOutColumn, VersionChange, VersionSplit } from "./lineage.type.js";
import { ModelType } from "./model.entity.js";

@ObjectType({ description: "A cluster and how many rows fall into it." })
export class ClusterSize {
  @Field({ description: "As predictions name it; `1` is the largest." }) label!: string;
  @Field(() => Int, { description: "Rows that training learnt from." }) trainingRows!: number;
  @Field(() => Int, { description: "Held-out rows." }) rows!: number;
}

@ObjectType({ description: "A number of clusters that was tried, measured on the rows learnt from." })
export class ClusterCandidate {
  @Field(() => Int) clusters!: number;
  @Field(() => Float, {
    nullable: true,
    description:
      "Higher is better; by it K_MEANS chooses. Of at most 1,000 rows. Null where it says nothing.",
  })
  silhouette!: number | null;
  @Field(() => Float, {
    description: "Bayesian information criterion, lower is better; by it GAUSSIAN_MIXTURE chooses.",
  })
  bic!: number;
  @Field(() => Float, { description: "Sum of squared distances from the nearest centre." }) inertia!: number;
  @Field(() => Float, { description: "Of all rows, in nats." }) logLikelihood!: number;
  @Field({ description: "Whether the version has this many." }) chosen!: boolean;
}

@ObjectType({ description: "How well the next token of texts is foretold." })
export class NextTokenMetrics implements NextTokenScore {
  @Field(() => Float, { description: "Mean over the tokens, in nats." }) loss!: number;
  @Field(() => Float, {
    description: "Among how many equally likely tokens one would have to guess to be as unsure.",
  })
  perplexity!: number;
  @Field(() => Float, { description: "How often the likeliest token is the right one." }) accuracy!: number;
}

@ObjectType({ description: "What counting alone foretells, on the very same tokens." })
export class TextBaselines implements Baselines {
  @Field(() => NextTokenMetrics, { description: "Knows how frequent each token is." })
  unigram!: NextTokenMetrics;
  @Field(() => NextTokenMetrics, {
    description: "Knows what follows each token, smoothed as suits these tokens best.",
  })
  bigram!: NextTokenMetrics;
}

@ObjectType({
  description: "Measured on rows that training never saw. What does not apply to the model's type is null.",
})
export class ModelMetrics {
  @Field(() => Float, { nullable: true }) accuracy?: number | null;
  @Field(() => Float, { nullable: true, description: "Mean over the classes." }) precision?: number | null;
  @Field(() => Float, { nullable: true, description: "Mean over the classes." }) recall?: number | null;
  @Field(() => Float, { nullable: true, description: "Mean over the classes." }) f1?: number | null;
  @Field(() => Float, { nullable: true, description: "Coefficient of determination." }) r2?: number | null;
  @Field(() => Float, { nullable: true, description: "In the target's unit." }) meanAbsoluteError?:
    | number
    | null;
  @Field(() => Float, { nullable: true, description: "In the target's unit." }) rootMeanSquaredError?:
    | number
    | null;
  @Field(() => Float, {
    description:
      "Log loss, or the mean squared error; of clusters a row's squared distance or negative log-likelihood, of a text generation nats a token.",
  })
  loss!: number;
  @Field(() => Float, {
    nullable: true,
    description:
      "How well clusters are apart, -1 to 1, higher is better; of at most 1,000 rows, by their encoded values.",
  })
  silhouette?: number | null;
  @Field(() => Float, {
    nullable: true,
    description: "How alike neighbouring clusters are; lower is better.",
  })
  daviesBouldin?: number | null;
  @Field(() => Float, {
    nullable: true,
    description: "Sum of the rows' squared distances from the centre of their cluster.",
  })
  inertia?: number | null;
  @Field(() => Float, { nullable: true, description: "Of one row on average, in nats, under the clusters." })
  logLikelihood?: number | null;
  @Field(() => [ClusterSize], { nullable: true, description: "The clusters, the largest first." })
  clusters?: ClusterSize[] | null;
  @Field(() => [ClusterCandidate], {
    nullable: true,
    description: "The numbers of clusters that were tried.",
  })
  candidates?: ClusterCandidate[] | null;
  @Field(() => Float, {
    nullable: true,
    description: "Of a text generation: the exponential of its loss; less is better.",
  })
  perplexity?: number | null;
  @Field(() => Int, { nullable: true, description: "Tokens of the texts that it was measured on." })
  tokens?: number | null;
  @Field(() => TextBaselines, {
    nullable: true,
    description: "What a text generation is to be better than.",
  })
  baselines?: TextBaselines | null;
  @Field(() => [[Int]], {
    nullable: true,
    description: "Rows by actual and predicted class, in the signature's order.",
  })
  confusion?: number[][] | null;
  @Field(() => Int, {
    nullable: true,
    description:
      "Rows whose class training had not seen; they count as wrong. Many of them: the data is ordered.",
  })
  unseenRows?: number | null;
  @Field(() => Int, { description: "How many rows it was measured on." }) rows!: number;
  @Field(() => ForecastMetricsType, {
    nullable: true,
    description: "For a time series: its forecasts beside the simplest ones.",
  })
  forecast?: ForecastMetricsType | null;
}

export enum FeatureKind {
  NUMBER = "NUMBER",
  BOOLEAN = "BOOLEAN",
  CATEGORY = "CATEGORY",
  TEXT = "TEXT",
  IMAGE = "IMAGE",
}
registerEnumType(FeatureKind, {
  name: "FeatureKind",
  description: "What a model takes an input for.",
  valuesConfig: {
    NUMBER: { description: "A number, scaled as its training was told to." },
    BOOLEAN: { description: "True or false." },
    CATEGORY: { description: "One of the values that training saw." },
    TEXT: { description: "Free text, by the words and pieces of words that training saw." },
    IMAGE: { description: "A PNG or JPEG as base64 or as a data URL, scaled to one size." },
  },
});

@ObjectType({ description: "The size to which a model's images are scaled." })
export class ModelImageSize implements ImageSize {
  @Field(() => Int, { description: "In pixels." }) width!: number;
  @Field(() => Int, { description: "In pixels." }) height!: number;
  @Field(() => Int, { description: "1 is brightness, 3 are red, green and blue." }) channels!: 1 | 3;
}

@ObjectType({ description: "A column that the model reads." })
export class ModelInput {
  @Field() column!: string;
  @Field(() => FeatureKind) kind!: FeatureKind;
  @Field(() => [String], { nullable: true, description: "The values it knows." }) categories!:
    | string[]
    | null;
  @Field(() => ModelImageSize, { nullable: true, description: "For an image, how the network sees it." })
  image?: ModelImageSize | null;
}

@ObjectType({ description: "What the model answers." })
export class ModelOutput {
  @Field() column!: string;
  @Field(() => ModelType) type!: ModelType;
  @Field(() => [String], { nullable: true, description: "The classes, for a classification." }) classes!:
    | string[]
    | null;
}

@ObjectType({ description: "How much a forecasting version must be sent, and answers." })
export class SignatureSeries {
  @Field(() => String, { nullable: true, description: "Its times must ascend where they are sent." })
  timeColumn!: string | null;
  @Field(() => Int, { description: "The fewest rows to send, the oldest first." }) window!: number;
  @Field(() => Int, { description: "Predictions to be answered, one a step ahead." }) horizon!: number;
  @Field(() => Int, { description: "Rows until the pattern repeats; 1 is none." }) season!: number;
}

@ObjectType({ description: "What a version takes and answers." })
export class ModelSignature {
  @Field(() => [ModelInput]) inputs!: ModelInput[];
  @Field(() => [String], { description: "Columns that a row may hold and the model does not read." })
  ignored!: string[];
  @Field(() => ModelOutput) output!: ModelOutput;
  @Field(() => SignatureSeries, { nullable: true, description: "Null unless it forecasts." })
  series?: SignatureSeries | null;
}

const unknown = "Null for a version older than the record of it.";

@Entity({ name: "model_version" })
@ObjectType({ implements: Node, description: "An immutable trained artefact." })
export class ModelVersion implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  modelId!: string;

  @Field({
    description:
      "Semantic version; the first is `1.0.0`. Another architecture, input or target than the newest version's raises the major number, anything else the middle one.",
  })
  @Column("text")
  number!: string;

  @Column("integer")
  ordinal!: number;

  @Field(() => ModelMetrics)
  @Column("jsonb")
  metrics!: ModelMetrics;

  @Field(() => ModelSignature)
  @Column("jsonb")
  signature!: Signature;

  @Field({ description: "SHA-256 of the artefact." })
  @Column("text")
  sha256!: string;

  @Field(() => SafeInt)
  @Column("bigint", { transformer: { from: Number, to: String } })
  sizeBytes!: number;

  @Field(() => Engine, {
    nullable: true,
    description:
      "What was found to compute its answers when it was published. Null where that could not be found out.",
  })
  @Column("text", { nullable: true })
  engine!: Engine | null;
  /** The version it was fine-tuned from, else the newest when it was published; null for the first. */
  @Column("text", { nullable: true })
  parentId!: string | null;

  @Field(() => [VersionChange], { nullable: true, description: "Against the parent; null without one." })
  @Column("jsonb", { nullable: true })
  changes!: VersionChange[] | null;

  /** Null once the dataset was deleted. */
  @Column("text", { nullable: true })
  datasetId!: string | null;

  @Field(() => ArchitectureInput, { nullable: true, description: `The layers that were trained. ${unknown}` })
  @Column("jsonb", { nullable: true, transformer: storedArchitecture })
  architecture!: ArchitectureInput | null;

  /** Shown by the room of training, which knows what they are. */
  @Column("jsonb", { nullable: true })
  hyperparameters!: object | null;

  @Field(() => Int, { nullable: true, description: `Seed of the training. ${unknown}` })
  @Column("integer", { nullable: true })
  seed!: number | null;

  @Field(() => Kernels, { nullable: true, description: `What computed the weights. ${unknown}` })
  @Column("jsonb", { nullable: true })
  kernels!: Kernels | null;

  @Field(() => VersionSplit, { nullable: true, description: `How the rows were used. ${unknown}` })
  @Column("jsonb", { nullable: true })
  split!: VersionSplit | null;

  @Field(() => [LeftOutColumn], {
    nullable: true,
    description: `Columns of the dataset that it does not read, and why. ${unknown}`,
  })
  @Column("jsonb", { nullable: true })
  leftOut!: LeftOutColumn[] | null;

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;
}
