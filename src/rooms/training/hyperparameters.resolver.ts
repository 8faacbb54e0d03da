import { type GraphQLResolveInfo, getNamedType, isInputObjectType, type GraphQLSchema } from "graphql";
import { Arg, Args, ArgsType, Extensions, Field, Info, Int, Query, Resolver } from "type-graphql";
import { Within } from "../../kernel/graphql/within.js";
import { describeHyperparameters, type PresetName } from "../learning/index.js";
import { ArchitecturePreset, ModelType, Setting } from "../models/index.js";

const rowCounts = { least: 1, most: 10_000_000 };

@ArgsType()
class DataArguments {
  @Field(() => Int, {
    defaultValue: 1_000,
    description: "How many rows there are to learn from, which some defaults depend on.",
  })
  @Within(rowCounts)
  rows: number = 1_000;

  @Field(() => ArchitecturePreset, {
    nullable: true,
    description: "The model's architecture, where it has one: gradient-boosted trees take other settings.",
  })
  preset?: PresetName | null;
}

/** What the input itself says of a field, looked up along its dotted name: one text for both. */
function descriptionOf(schema: GraphQLSchema, name: string): string {
  let type = schema.getType("HyperparametersInput");
  let description = "";
  for (const part of name.split(".")) {
    if (!isInputObjectType(type)) return description;
    const field = type.getFields()[part];
    description = field?.description ?? description;
    type = field && getNamedType(field.type);
  }
  return description;
}

@Resolver()
export class HyperparametersResolver {
  @Extensions({ cost: 10 })
  @Query(() => [Setting], {
    description:
      "What `hyperparameters` of `startTraining` takes for models of a type, with bounds and defaults: enough to build a form from. `schedule.kind` is the field `kind` of `schedule`.",
  })
  hyperparameters(
    @Arg("type", () => ModelType, { description: "The model's." }) type: ModelType,
    @Args(() => DataArguments) { rows, preset }: DataArguments,
    @Info() { schema }: GraphQLResolveInfo,
  ): Setting[] {
    return describeHyperparameters(type, rows, preset ?? null).map((setting) => ({
      ...setting,
      description: descriptionOf(schema, setting.name),
    }));
  }
}
