import { IsOptional } from "class-validator";
import { Field, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import { Within } from "../../kernel/graphql/within.js";
import { rangeText } from "../../kernel/range.js";
import {
  type ClusterAlgorithm as ClusterAlgorithmName,
  clusterAlgorithms,
  clusterLimits,
} from "../learning/index.js";

export const ClusterAlgorithm = enumOf(clusterAlgorithms);
registerEnumType(ClusterAlgorithm, {
  name: "ClusterAlgorithm",
  description: "How clusters are found.",
  valuesConfig: {
    K_MEANS: { description: "Each row goes to the nearest centre; clusters are round and of one width." },
    GAUSSIAN_MIXTURE: {
      description:
        "A mixture of normal distributions with full covariances; clusters may be long and of any size.",
    },
  },
});

const { clusters, tried } = clusterLimits;

@InputType("ClusteringInput", { description: "How clusters are looked for." })
@ObjectType({ description: "How clusters are looked for." })
export class Clustering {
  @Field(() => ClusterAlgorithm, {
    nullable: true,
    description: "How clusters are found. Default: K_MEANS.",
  })
  @IsOptional()
  algorithm?: ClusterAlgorithmName | null;

  @Field(() => Int, {
    nullable: true,
    description: `How many there are, ${rangeText(clusters)}. Default: chosen, by the silhouette for K_MEANS and the Bayesian information criterion for GAUSSIAN_MIXTURE.`,
  })
  @IsOptional()
  @Within(clusters)
  clusters?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: `The most that may be chosen, ${rangeText(tried)}; not beside \`clusters\`. Default: 10.`,
  })
  @IsOptional()
  @Within(tried)
  mostClusters?: number | null;
}
