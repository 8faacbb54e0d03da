import { enumOf } from "../../../kernel/graphql/enum-of.js";
import { registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import {
  type ImportFormat as ImportFormatName,
  importFormats,
  type ImportPlan,
} from "../../learning/index.js";

export const ImportFormat = enumOf(importFormats);
registerEnumType(ImportFormat, {
  name: "ImportFormat",
  description: "How a model's file is written.",
  valuesConfig: {
    ONNX: { description: "One `.onnx` file of opset 7 to 21, with one float32 input and one output." },
    TFJS: {
      description:
        "A ZIP archive of `model.json` and its weights, from TensorFlow.js or converted from Keras.",
    },
  },
});

/** Leave to send one model's file for a while. */
@Entity({ name: "model_import" })
export class ModelImport {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  modelId!: string;

  /** Null until the file was taken in. */
  @Column("text", { nullable: true })
  versionId!: string | null;

  @Column("text")
  format!: ImportFormatName;

  @Column("jsonb")
  plan!: Pick<ImportPlan, "inputs" | "classes" | "pixels">;

  @Column("text", { nullable: true })
  sha256!: string | null;

  /** SHA-256 of the secret in the URL. */
  @Column("text")
  uploadHash!: string;

  /** For whom the file is taken in: a person deactivated since, or a revoked key, sends none. */
  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Column("timestamptz")
  createdAt!: Date;

  @Column("timestamptz")
  expiresAt!: Date;
}
