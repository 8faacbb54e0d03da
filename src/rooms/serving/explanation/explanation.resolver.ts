import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { TenantContext } from "../../../kernel/context.js";
import type { PredictionService } from "../prediction.service.js";
import { ExplainPredictionInput, ExplainPredictionPayload } from "./explanation.type.js";
import { explanationOf } from "./explanation.js";

@Resolver()
export class ExplanationResolver {
  constructor(private readonly predictions: PredictionService) {}

  @Mutation(() => ExplainPredictionPayload, {
    description:
      "What each column, word or patch of a row adds to its prediction. Each variant of the row that is evaluated is metered as a prediction, so a mutation.",
  })
  explainPrediction(
    @Ctx() context: TenantContext,
    @Arg("input") input: ExplainPredictionInput,
  ): Promise<ExplainPredictionPayload> {
    return explanationOf(this.predictions, context, input);
  }
}
