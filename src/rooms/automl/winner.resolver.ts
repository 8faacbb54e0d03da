import { Ctx, Field, FieldResolver, Float, Int, ObjectType, Resolver, Root } from "type-graphql";
import { In } from "typeorm";
import type { TenantContext } from "../../kernel/context.js";
import type { BatchFunction } from "../../kernel/graphql/loaders.js";
import { ModelVersion } from "../models/index.js";
import type { Winner } from "./automl-run.entity.js";
import { AutomlTrial } from "./automl-trial.entity.js";

@ObjectType({ description: "Who won a search, and why." })
export class AutomlWinner implements Winner {
  trialId!: string;
  /** Null until the winner is trained on all rows. */
  versionId!: string | null;

  @Field(() => Int, { description: "The trial's number." }) number!: number;
  @Field(() => Float, { description: "The run's metric by cross-validation, without any test row." })
  score!: number;
  @Field(() => Int, {
    description:
      "Epochs after which it was measured to be worth so much. The version may be trained for more, so that its rate falls to the end: see its hyperparameters.",
  })
  epochs!: number;
  @Field({ description: "Its score, the runner-up's, the linear baseline's, and what was tried." })
  reason!: string;
}

/** Loads by ids, in their order; null for one that is gone. */
const byId =
  <T extends { id: string }>(entity: new () => T): BatchFunction<TenantContext, string, T> =>
  async ({ tenant }, ids) => {
    const found = await tenant.read((manager) =>
      manager.find<{ id: string }>(entity, { where: { id: In(ids) } }),
    );
    const known = new Map(found.map((one) => [one.id, one as T]));
    return ids.map((id) => known.get(id) ?? null);
  };

const trials = byId(AutomlTrial);
const versions = byId(ModelVersion);

@Resolver(() => AutomlWinner)
export class AutomlWinnerResolver {
  @FieldResolver(() => AutomlTrial, { description: "Its settings." })
  async trial(@Root() { trialId }: AutomlWinner, @Ctx() context: TenantContext): Promise<AutomlTrial | null> {
    return context.loaders.of(context, trials).load(trialId);
  }

  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: "What came of it; null until it is trained on all rows.",
  })
  async version(
    @Root() { versionId }: AutomlWinner,
    @Ctx() context: TenantContext,
  ): Promise<ModelVersion | null> {
    return versionId === null ? null : context.loaders.of(context, versions).load(versionId);
  }
}
