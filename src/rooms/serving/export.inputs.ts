import { MaxLength } from "class-validator";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { ExportFormat as ExportFormatName } from "../learning/index.js";
import { ModelVersion } from "../models/index.js";
import { ExportFormat } from "./download.entity.js";

@InputType({ description: "Which version, and how it is written." })
export class ExportVersionInput {
  @Field(() => ID, { description: "The id of the model." }) @MaxLength(100) modelId!: string;
  @Field({ description: "The number of the version, e.g. `1.0.0`." }) @MaxLength(100) version!: string;
  @Field(() => ExportFormat, { description: "How it is written." }) format!: ExportFormatName;
}

@ObjectType({ description: "Where to fetch the export." })
export class ExportVersionPayload {
  @Field({
    description: "GET it within ten minutes, without credentials: whoever holds the URL may. Shown once.",
  })
  url!: string;

  @Field({ description: "When the URL ends." }) expiresAt!: Date;
  @Field(() => ModelVersion, { description: "The version to be exported." }) version!: ModelVersion;
}
