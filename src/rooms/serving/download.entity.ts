import { registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { enumOf } from "../../kernel/graphql/enum-of.js";
import { type ExportFormat as ExportFormatName, exportFormats } from "../learning/index.js";

export const ExportFormat = enumOf(exportFormats);
registerEnumType(ExportFormat, {
  name: "ExportFormat",
  description:
    "How a version is written for use elsewhere. Every format holds the preprocessing beside the network.",
  valuesConfig: {
    ONNX: {
      description:
        "One `.onnx` file (opset 13); the preprocessing is in its metadata. Of a text generation it gives, for each place of a window of tokens, the scores of the next one.",
    },
    TFJS: {
      description:
        "A ZIP archive with `model.json` and `weights.bin` for `tf.loadLayersModel`, and for positions and transformers `layers.js`, which makes TensorFlow.js know them.",
    },
    SAFETENSORS: {
      description:
        "A ZIP archive with `model.safetensors` and `model.py`, which predicts with it, or writes texts.",
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
  format!: ExportFormatName;

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
