import { registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";

export enum ExportFormat {
  ONNX = "ONNX",
  TFJS = "TFJS",
  SAFETENSORS = "SAFETENSORS",
}
registerEnumType(ExportFormat, {
  name: "ExportFormat",
  description:
    "How a version is written for use elsewhere. Every format holds the preprocessing beside the network.",
  valuesConfig: {
    ONNX: { description: "One `.onnx` file (opset 13); the preprocessing is in its metadata." },
    TFJS: { description: "A ZIP archive with `model.json` and `weights.bin` for `tf.loadLayersModel`." },
    SAFETENSORS: {
      description: "A ZIP archive with `model.safetensors` and `model.py`, which predicts with it.",
    },
  },
});

/** Leave to fetch one version in one format, or the result of one batch prediction, for a while. */
@Entity({ name: "download" })
export class Download {
  @PrimaryColumn("text")
  id!: string;

  @Column("text", { nullable: true })
  versionId!: string | null;

  @Column("text", { nullable: true })
  batchId!: string | null;

  /** An `ExportFormat` of a version, a `BatchPredictionFormat` of a result. */
  @Column("text")
  format!: string;

  /** SHA-256 of the secret in the URL. */
  @Column("text")
  secretHash!: string;

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Column("timestamptz")
  createdAt!: Date;

  @Column("timestamptz")
  expiresAt!: Date;
}
