import { Max, Min } from "class-validator";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { type ScheduleKind as ScheduleKindName, scheduleKinds } from "../learning/index.js";

/** As enum objects, which type-graphql asks for. */
export const ScheduleKind = Object.fromEntries(scheduleKinds.map((name) => [name, name])) as {
  [Name in ScheduleKindName]: Name;
};
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
    description:
      "Epochs over which the rate rises evenly to its full height, 0 to 1,000; fewer than there are.",
  })
  @Min(0)
  @Max(1_000)
  warmupEpochs: number = 0;

  @Field(() => Int, { defaultValue: 10, description: "Of STEP: epochs between two falls, 1 to 1,000." })
  @Min(1)
  @Max(1_000)
  stepEpochs: number = 10;

  @Field(() => Float, { defaultValue: 0.5, description: "Of STEP and EXPONENTIAL: 0.01 to 1." })
  @Min(0.01)
  @Max(1)
  factor: number = 0.5;
}
