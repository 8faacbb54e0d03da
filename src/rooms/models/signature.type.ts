import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import type { ImageSize } from "../../kernel/images/index.js";
import { ModelType } from "./model.entity.js";

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
