import { IsDisplayName } from "../../kernel/graphql/display-name.js";
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsOptional,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from "class-validator";
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Within } from "../../kernel/graphql/within.js";
import { ArchitectureInput } from "./architecture.type.js";
import { Deployment, Environment } from "./deployment.entity.js";
import { Model, ModelType } from "./model.entity.js";
import { SeriesInput } from "./series.type.js";

@InputType({ description: "What the model predicts, from what and how." })
export class CreateModelInput {
  @Field({ description: "1 to 200 visible characters; no other model of the tenant may have it." })
  @IsDisplayName()
  name!: string;
  @Field(() => ModelType, { description: "What is predicted, and from what." }) type!: ModelType;

  @Field(() => String, {
    nullable: true,
    description: "The column to predict. Default: the dataset's last, for a CLUSTERING none.",
  })
  @IsOptional()
  @Length(1, 128)
  target?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: "The columns to predict from. Default: all but the target.",
  })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(2_000)
  @ArrayUnique()
  @MaxLength(128, { each: true })
  features?: string[] | null;

  @Field(() => ArchitectureInput, { nullable: true, description: "Default: one that suits the data." })
  @IsOptional()
  @ValidateNested()
  architecture?: ArchitectureInput | null;

  @Field(() => SeriesInput, {
    nullable: true,
    description: "For TIME_SERIES alone. Default: what suits the data.",
  })
  @IsOptional()
  @ValidateNested()
  series?: SeriesInput | null;
}

@InputType({ description: "What is left out stays; null goes back to the default." })
export class UpdateModelInput {
  @Field(() => ID, { description: "The model to change." }) id!: string;
  @Field(() => String, {
    nullable: true,
    description: "1 to 200 visible characters; no other model of the tenant may have it.",
  })
  @IsOptional()
  @IsDisplayName()
  name?: string;
  @Field(() => String, { nullable: true, description: "The column to predict; null is the dataset's last." })
  @IsOptional()
  @Length(1, 128)
  target?: string | null;
  @Field(() => [String], {
    nullable: true,
    description: "The columns to predict from; null is all but the target.",
  })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(2_000)
  @ArrayUnique()
  @MaxLength(128, { each: true })
  features?: string[] | null;
  @Field(() => ArchitectureInput, { nullable: true, description: "Null is one that suits the data." })
  @IsOptional()
  @ValidateNested()
  architecture?: ArchitectureInput | null;

  @Field(() => SeriesInput, {
    nullable: true,
    description: "For TIME_SERIES alone, as a whole; null is what suits the data.",
  })
  @IsOptional()
  @ValidateNested()
  series?: SeriesInput | null;
}

@InputType({ description: "Which model." })
export class DeleteModelInput {
  @Field(() => ID, { description: "The id of the model." }) id!: string;
}

@InputType({ description: "Which version is to answer where." })
export class DeployModelInput {
  @Field(() => ID, { description: "The id of the model." }) modelId!: string;
  @Field({ description: "The version's number, e.g. `1.0.0`." })
  @Matches(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/, { message: "Write three numbers, such as 1.0.0." })
  version!: string;
  @Field(() => Environment, { description: "Where it answers from then on, in place of another version." })
  environment!: Environment;
  @Field(() => Int, {
    defaultValue: 100,
    description:
      "Percentage of the requests that it answers, 1 to 100. Below 100 it is a canary: the version deployed there answers the others, until one is deployed whole or rolled back to.",
  })
  @Within({ least: 1, most: 100 })
  trafficPercent: number = 100;

  @Field(() => Int, {
    nullable: true,
    description:
      "Serving threads that predict with it side by side, for a model that is asked more than one can answer; at most those that a process has. Default: as many as before, at first 1.",
  })
  @IsOptional()
  @Within({ least: 1, most: 64 })
  replicas?: number | null;
}

@InputType({ description: "Which model is to stop answering where." })
export class UndeployModelInput {
  @Field(() => ID, { description: "The id of the model." }) modelId!: string;
  @Field(() => Environment, { description: "Where it is to answer no longer." }) environment!: Environment;
}

@InputType({ description: "Which model is to go back to the version before, and where." })
export class RollbackDeploymentInput {
  @Field(() => ID, { description: "The id of the model." }) modelId!: string;
  @Field(() => Environment, { description: "Where the version deployed before answers from then on." })
  environment!: Environment;
}

@InputType({ description: "What is given must hold together." })
export class ModelVersionFilter {
  @Field(() => String, { nullable: true, description: "The version with this number, e.g. `1.0.0`." })
  @IsOptional()
  @Matches(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/, { message: "Write three numbers, such as 1.0.0." })
  number?: string | null;
}

@InputType({ description: "What is given must hold together." })
export class DeploymentChangeFilter {
  @Field(() => Environment, { nullable: true, description: "Changes in this environment." })
  @IsOptional()
  environment?: Environment | null;
}

@InputType({ description: "What is given must hold together." })
export class ModelFilter {
  @Field(() => ModelType, { nullable: true, description: "Models of this type." })
  @IsOptional()
  type?: ModelType | null;
  @Field(() => String, { nullable: true, description: "Part of the name, in any case." })
  @IsOptional()
  @Length(1, 200)
  nameContains?: string | null;
}

export enum ModelOrderField {
  CREATED_AT = "CREATED_AT",
  NAME = "NAME",
}
registerEnumType(ModelOrderField, {
  name: "ModelOrderField",
  description: "What models are ordered by.",
  valuesConfig: {
    CREATED_AT: { description: "When it was made." },
    NAME: { description: "Its name." },
  },
});

export enum OrderDirection {
  ASC = "ASC",
  DESC = "DESC",
}
registerEnumType(OrderDirection, {
  name: "OrderDirection",
  description: "Which end comes first.",
  valuesConfig: {
    ASC: { description: "The smallest or oldest first." },
    DESC: { description: "The largest or newest first." },
  },
});

@InputType({ description: "By what a list is sorted, and in which direction." })
export class ModelOrder {
  @Field(() => ModelOrderField, { description: "What to sort by." }) field!: ModelOrderField;
  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: "Which end comes first." })
  direction: OrderDirection = OrderDirection.ASC;
}

@ObjectType({ description: "The model as changed." })
export class ModelPayload {
  @Field(() => Model) model!: Model;
}

@ObjectType({ description: "The new model." })
export class CreateModelPayload extends ModelPayload {}

@ObjectType({ description: "The model that was deleted." })
export class DeleteModelPayload {
  @Field(() => ID) deletedModelId!: string;
}

@ObjectType({ description: "The deployment that answers now." })
export class DeployModelPayload {
  @Field(() => Deployment) deployment!: Deployment;
}

@ObjectType({ description: "The deployment as it is again." })
export class RollbackDeploymentPayload {
  @Field(() => Deployment) deployment!: Deployment;
}

@ObjectType({ description: "The deployment that ended." })
export class UndeployModelPayload {
  @Field(() => ID, { nullable: true, description: "Null where nothing was deployed." })
  undeployedDeploymentId!: string | null;
}
