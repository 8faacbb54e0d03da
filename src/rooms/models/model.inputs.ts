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
import { Field, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import { ArchitectureInput } from "./architecture.type.js";
import { Deployment, Environment } from "./deployment.entity.js";
import { Model, ModelType } from "./model.entity.js";

@InputType()
export class CreateModelInput {
  @Field() @IsDisplayName() name!: string;
  @Field(() => ModelType) type!: ModelType;

  @Field(() => String, { nullable: true, description: "The column to predict. Default: the dataset's last." })
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
}

@InputType({ description: "What is left out stays; null goes back to the default." })
export class UpdateModelInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) @IsOptional() @IsDisplayName() name?: string;
  @Field(() => String, { nullable: true }) @IsOptional() @Length(1, 128) target?: string | null;
  @Field(() => [String], { nullable: true })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(2_000)
  @ArrayUnique()
  @MaxLength(128, { each: true })
  features?: string[] | null;
  @Field(() => ArchitectureInput, { nullable: true })
  @IsOptional()
  @ValidateNested()
  architecture?: ArchitectureInput | null;
}

@InputType()
export class DeleteModelInput {
  @Field(() => ID) id!: string;
}

@InputType()
export class DeployModelInput {
  @Field(() => ID) modelId!: string;
  @Field({ description: "The version's number, e.g. `1.0.0`." })
  @Matches(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/)
  version!: string;
  @Field(() => Environment) environment!: Environment;
}

@InputType()
export class UndeployModelInput {
  @Field(() => ID) modelId!: string;
  @Field(() => Environment) environment!: Environment;
}

@InputType({ description: "What is given must hold together." })
export class ModelFilter {
  @Field(() => ModelType, { nullable: true }) @IsOptional() type?: ModelType | null;
  @Field(() => String, { nullable: true, description: "Part of the name, in any case." })
  @IsOptional()
  @Length(1, 200)
  nameContains?: string | null;
}

export enum ModelOrderField {
  CREATED_AT = "CREATED_AT",
  NAME = "NAME",
}
registerEnumType(ModelOrderField, { name: "ModelOrderField", description: "What models are ordered by." });

export enum OrderDirection {
  ASC = "ASC",
  DESC = "DESC",
}
registerEnumType(OrderDirection, { name: "OrderDirection", description: "Which end comes first." });

@InputType()
export class ModelOrder {
  @Field(() => ModelOrderField) field!: ModelOrderField;
  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC }) direction: OrderDirection =
    OrderDirection.ASC;
}

@ObjectType()
export class ModelPayload {
  @Field(() => Model) model!: Model;
}

@ObjectType()
export class CreateModelPayload extends ModelPayload {}

@ObjectType()
export class DeleteModelPayload {
  @Field(() => ID) deletedModelId!: string;
}

@ObjectType()
export class DeployModelPayload {
  @Field(() => Deployment) deployment!: Deployment;
}

@ObjectType()
export class UndeployModelPayload {
  @Field(() => ID, { nullable: true, description: "Null where nothing was deployed." })
  undeployedDeploymentId!: string | null;
}
