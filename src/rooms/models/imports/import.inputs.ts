import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsOptional,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from "class-validator";
import { Field, Float, ID, InputType, ObjectType } from "type-graphql";
import type { ImportFormat as ImportFormatName } from "../../learning/index.js";
import { ImportFormat } from "./model-import.entity.js";

@InputType({ description: "How brightness, 0 to 255, becomes what the network was trained on." })
export class PixelScaleInput {
  @Field(() => [Float], { description: "Subtracted from each channel: one number, or three for colours." })
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  @Min(-1_000, { each: true })
  @Max(1_000, { each: true })
  mean!: number[];

  @Field(() => [Float], { description: "What each channel is then divided by." })
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  @Min(0.001, { each: true })
  @Max(1_000, { each: true })
  deviation!: number[];
}

@InputType({ description: "Which model gets a version, and what its file does not say by itself." })
export class ImportModelInput {
  @Field(() => ID, {
    description:
      "A model of type CLASSIFICATION, REGRESSION, IMAGE or CUSTOM; of any type for a file that Tenfold exported.",
  })
  @MaxLength(100)
  modelId!: string;

  @Field(() => ImportFormat, { description: "How the file is written." }) format!: ImportFormatName;

  @Field(() => [String], {
    nullable: true,
    description:
      "Columns of numbers that it reads, in the order of its input. Leave it out for images and for files that Tenfold exported.",
  })
  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @ArrayUnique()
  @Length(1, 128, { each: true })
  inputs?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "Classes in the order of its output, which are scores, or shares after a softmax; of a single sigmoid, both classes, the likelier one at 1 last. Leave it out where it answers numbers, and for files that Tenfold exported.",
  })
  @IsOptional()
  @ArrayMinSize(2)
  @ArrayMaxSize(1_000)
  @ArrayUnique()
  @Length(1, 128, { each: true })
  classes?: string[] | null;

  @Field(() => PixelScaleInput, {
    nullable: true,
    description: "Of images. Default: 0 to 255 becomes 0 to 1.",
  })
  @IsOptional()
  @ValidateNested()
  pixels?: PixelScaleInput | null;

  @Field(() => String, {
    nullable: true,
    description: "SHA-256 of the file in hexadecimal; a file with another one is refused.",
  })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/i)
  sha256?: string | null;
}

@ObjectType({ description: "Where the model's file goes." })
export class ImportModelPayload {
  @Field({
    description:
      "PUT the file there, without credentials; the answer names the version, or why the file is refused. Another can be sent until one is taken. Shown once.",
  })
  uploadUrl!: string;

  @Field({ description: "When the URL ends, in an hour." }) expiresAt!: Date;
}
