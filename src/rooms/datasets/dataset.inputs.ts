import { IsDisplayName } from "../../kernel/graphql/display-name.js";
import { IsOptional, MaxLength } from "class-validator";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import { Dataset, DatasetFormat } from "./dataset.entity.js";

@InputType({ description: "A table as text, or the wish to upload one." })
export class CreateDatasetInput {
  @Field({ description: "1 to 200 characters; several datasets may share a name." })
  @IsDisplayName()
  name!: string;

  @Field(() => DatasetFormat, { description: "The format of `content`, or of the file that is sent later." })
  format!: DatasetFormat;

  @Field(() => String, {
    nullable: true,
    description: "The file's text, at most 1 MiB; leave it out for an upload URL. Images are uploaded only.",
  })
  content?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: "Whether the first line names the columns. Without effect on JSON Lines.",
  })
  header?: boolean | null;

  @Field(() => ID, {
    nullable: true,
    description: "The dataset that this one is a new version of; leave it out for the first of a new series.",
  })
  @IsOptional()
  @MaxLength(100)
  parentId?: string | null;
}

@ObjectType({ description: "The dataset, and where its file goes." })
export class CreateDatasetPayload {
  @Field(() => Dataset) dataset!: Dataset;
  @Field(() => String, {
    nullable: true,
    description:
      "PUT the file there within an hour, without credentials. Null where `content` was given. Shown once.",
  })
  uploadUrl!: string | null;
}

@InputType({ description: "Which dataset." })
export class DeleteDatasetInput {
  @Field(() => ID, { description: "The id of the dataset." }) @MaxLength(100) id!: string;
}

@ObjectType({ description: "The dataset that was deleted." })
export class DeleteDatasetPayload {
  @Field(() => Dataset, { description: "As it was." }) dataset!: Dataset;
}
