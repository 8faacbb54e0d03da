import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import { SafeInt } from "../../kernel/graphql/scalars.js";
import { ImageArchiveProfile } from "./image-archive.type.js";
import type { ColumnProfile } from "./reading/index.js";

export enum DatasetFormat {
  CSV = "CSV",
  TSV = "TSV",
  JSONL = "JSONL",
  IMAGES = "IMAGES",
}
registerEnumType(DatasetFormat, {
  name: "DatasetFormat",
  description: "How the file of a dataset is written.",
  valuesConfig: {
    CSV: { description: "After RFC 4180, with commas." },
    TSV: { description: "After IANA text/tab-separated-values, where a quote is a character." },
    JSONL: {
      description:
        "JSON Lines: one object a line, without lists and objects inside. Columns are all keys in the order of their first appearance; a key left out, or null, is a missing value.",
    },
    IMAGES: {
      description:
        "A zip archive of PNG and JPEG images: each in a folder named by its label, or all named in a file labels.csv with the columns file and label. Its columns are file, label, width, height and mode.",
    },
  },
});

export enum DatasetStatus {
  PENDING = "PENDING",
  READY = "READY",
  EXPIRED = "EXPIRED",
}
registerEnumType(DatasetStatus, {
  name: "DatasetStatus",
  description: "Where a dataset is on its way.",
  valuesConfig: {
    PENDING: { description: "Waits for its file." },
    READY: { description: "Has its file and its profile, and can be used." },
    EXPIRED: { description: "Waited for its file too long; it can only be deleted." },
  },
});

/** Postgres gives a bigint as text; sizes stay far below 2^53. */
const bytes = {
  to: (value: unknown) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

@Entity({ name: "dataset" })
@ObjectType({
  implements: Node,
  description: "A table or images from a file, with a profile. It never changes once it is READY.",
})
export class Dataset implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Field()
  @Column("text")
  name!: string;

  @Field(() => DatasetFormat)
  @Column("text")
  format!: DatasetFormat;

  @Field({
    description:
      "Whether the first line names the columns; without it they are c0, c1, … JSON Lines name them in every line.",
  })
  @Column("boolean")
  header!: boolean;

  /** As stored: PENDING or READY. The graph shows EXPIRED by the time; see the resolver. */
  @Column("text")
  status!: DatasetStatus;

  @Field(() => Int, { nullable: true, description: "Rows of data, the header left out; null until READY." })
  @Column("integer", { nullable: true })
  rowCount!: number | null;

  @Field(() => SafeInt, { nullable: true, description: "Size of the file as it was sent; null until READY." })
  @Column("bigint", { nullable: true, transformer: bytes })
  sizeBytes!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "SHA-256 of the file as it was sent, in hexadecimal; null until READY.",
  })
  @Column("text", { nullable: true })
  sha256!: string | null;

  /** Null until READY. */
  @Column("jsonb", { nullable: true })
  columns!: ColumnProfile[] | null;

  @Field(() => ImageArchiveProfile, {
    nullable: true,
    description: "What is known of an archive of images; null for tables and until READY.",
  })
  @Column("jsonb", { nullable: true })
  images!: ImageArchiveProfile | null;

  @Field(() => Int, {
    description: "1 for the first of its series; one made with `parentId` is the series' next.",
  })
  @Column("integer")
  version!: number;

  /** Of the series' first dataset, which may be deleted. */
  @Column("text")
  seriesId!: string;

  @Column("text", { nullable: true })
  parentId!: string | null;

  @Column("text", { nullable: true })
  uploadHash!: string | null;

  @Field(() => Date, {
    nullable: true,
    description: "Until when the upload URL works; null where there was none.",
  })
  @Column("timestamptz", { nullable: true })
  uploadExpiresAt!: Date | null;

  /** TypeID of the user or API key. */
  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;

  @Field()
  @Column("timestamptz")
  updatedAt!: Date;
}

/** One piece of the file, compressed and sealed; see dataset-files.ts. */
@Entity({ name: "dataset_piece" })
export class DatasetPiece {
  @PrimaryColumn("text")
  datasetId!: string;

  @PrimaryColumn("integer")
  position!: number;

  @Column("bytea")
  bytes!: Buffer;
}
