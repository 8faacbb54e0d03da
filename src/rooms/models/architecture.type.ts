import { ArrayMaxSize, IsOptional, Max, Min, ValidateNested } from "class-validator";
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { activations, architectureLimits, type Activation as ActivationName } from "../learning/index.js";

/** As an enum object, which type-graphql asks for. */
export const Activation = Object.fromEntries(activations.map((name) => [name, name])) as {
  [Name in ActivationName]: Name;
};
registerEnumType(Activation, { name: "Activation", description: "What a layer's sums pass through." });

@InputType({ description: "A dense layer." })
@ObjectType("DenseLayer", { description: "A dense layer." })
export class DenseLayerInput {
  @Field(() => Int, { description: `1 to ${architectureLimits.units}.` })
  @Min(1)
  @Max(architectureLimits.units)
  units!: number;

  @Field(() => Activation, { defaultValue: "RELU", description: "What the layer's sums pass through." })
  activation: ActivationName = "RELU";

  @Field(() => Float, {
    defaultValue: 0,
    description: "Share of the outputs silenced while training, 0 to 0.95.",
  })
  @Min(0)
  @Max(0.95)
  dropout: number = 0;

  @Field(() => Float, {
    defaultValue: 0,
    description: "Factor of the squared weights added to the loss, 0 to 10.",
  })
  @Min(0)
  @Max(10)
  l2: number = 0;

  @Field({ defaultValue: false, description: "Normalises the layer's sums over the batch." })
  batchNormalization: boolean = false;
}

@InputType({
  description:
    "The hidden layers in order; none makes a linear model. The output layer follows from the target.",
})
@ObjectType("Architecture", {
  description: "The hidden layers in order; the output layer follows from the target.",
})
export class ArchitectureInput {
  @Field(() => [DenseLayerInput], { description: "The hidden layers, the first next to the inputs." })
  @ArrayMaxSize(architectureLimits.layers)
  @ValidateNested()
  @IsOptional()
  layers!: DenseLayerInput[];
}
