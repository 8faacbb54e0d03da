import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import { Within } from "../../kernel/graphql/within.js";
import { rangeText } from "../../kernel/range.js";
import {
  hyperparameterLimits as limits,
  type ScheduleKind as ScheduleKindName,
  scheduleKinds,
} from "../learning/index.js";

export const ScheduleKind = enumOf(scheduleKinds);
registerEnumType(ScheduleKind, {
  name: "ScheduleKind",
  description: "How the learning rate goes on once it is at its full height.",
  valuesConfig: {
    CONSTANT: { description: "It stays." },
    STEP: { description: "Every `stepEpochs` epochs it falls to `factor` of what it was." },
    EXPONENTIAL: { description: "Every epoch it falls to `factor` of what it was." },
    COSINE: { description: "It falls along half a cosine, to nearly nothing in the last epoch." },
  },
});

const description = "How the learning rate goes over the epochs.";

@InputType("ScheduleInput", { description })
@ObjectType({ description })
export class Schedule {
  @Field(() => ScheduleKind, { defaultValue: "CONSTANT", description: "How it goes on after the warm-up." })
  kind: ScheduleKindName = "CONSTANT";

  @Field(() => Int, {
    defaultValue: 0,
    description: `Epochs over which the rate rises evenly to its full height, ${rangeText(limits.warmupEpochs)}; fewer than there are.`,
  })
  @Within(limits.warmupEpochs)
  warmupEpochs: number = 0;

  @Field(() => Int, {
    defaultValue: 10,
    description: `Of STEP: epochs between two falls, ${rangeText(limits.stepEpochs)}.`,
  })
  @Within(limits.stepEpochs)
  stepEpochs: number = 10;

  @Field(() => Float, {
    defaultValue: 0.5,
    description: `Of STEP and EXPONENTIAL: ${rangeText(limits.factor)}.`,
  })
  @Within(limits.factor)
  factor: number = 0.5;
}
