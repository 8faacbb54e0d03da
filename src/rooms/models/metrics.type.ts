import { Field, Float, Int, ObjectType } from "type-graphql";
import type { Baselines, NextTokenScore } from "../learning/index.js";
import { ForecastMetricsType } from "./evaluation/forecast.type.js";

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
