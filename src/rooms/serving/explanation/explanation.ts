import type { TenantContext } from "../../../kernel/context.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import { badInput } from "../../../kernel/errors.js";
import { explanationLimits, whyNot } from "../../learning/index.js";
import { Environment } from "../../models/index.js";
import type { PredictionService } from "../prediction.service.js";
import {
  type ExplainPredictionInput,
  type ExplainPredictionPayload,
  ExplanationBaseline,
  ExplanationMethod,
} from "./explanation.type.js";

const methods = { EXACT: ExplanationMethod.SHAPLEY_EXACT, SAMPLED: ExplanationMethod.SHAPLEY_SAMPLED };

/** No more than the plan predicts in a minute, or a question with nothing but defaults would be over its limit. */
const usualEvaluations = ({ tenant: { limits } }: TenantScope): number =>
  Math.min(explanationLimits.evaluations.usual, limits["predictionsPerMinute"] ?? Number.POSITIVE_INFINITY);

/** Throws NOT_FOUND, NOT_DEPLOYED, BAD_USER_INPUT with the place, QUOTA_EXCEEDED, RATE_LIMITED. */
export async function explanationOf(
  predictions: PredictionService,
  { tenant }: TenantContext,
  { modelId, environment, row, label, evaluations, seed }: ExplainPredictionInput,
): Promise<ExplainPredictionPayload> {
  const version = await predictions.deployed(tenant, modelId, environment ?? Environment.PRODUCTION);
  const refusal = whyNot(version.signature.output.type, "EXPLAIN");
  if (refusal !== null) throw badInput("modelId", refusal);
  const { engine, method, baseline, ...explanation } = await predictions.explain(tenant, version, row, {
    label: label ?? null,
    evaluations: evaluations ?? usualEvaluations(tenant),
    seed: seed ?? 0,
  });
  return {
    ...explanation,
    engine,
    version,
    method: methods[method],
    baseline: ExplanationBaseline[baseline],
  };
}
