import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import { SafeInt } from "../../kernel/graphql/scalars.js";
import type { Signature } from "../learning/index.js";
import { storedArchitecture } from "./architecture.stored.js";
import { ArchitectureInput } from "./architecture.type.js";
import { Engine } from "./engine.js";
import { Kernels, LeftOutColumn, VersionChange, VersionSplit } from "./lineage.type.js";
import { ModelMetrics } from "./metrics.type.js";
import { ModelSignature } from "./signature.type.js";

export enum VersionSource {
  TRAINED = "TRAINED",
  IMPORTED = "IMPORTED",
}
registerEnumType(VersionSource, {
  name: "VersionSource",
  description: "Where a version's weights come from.",
  valuesConfig: {
    TRAINED: { description: "Learnt here, from a dataset." },
    IMPORTED: { description: "Taken from a file; what they were learnt from is not known." },
  },
});

const unknown = "Null for a version older than the record of it.";

@Entity({ name: "model_version" })
@ObjectType({ implements: Node, description: "An immutable artefact, trained or imported." })
export class ModelVersion implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Column("text")
  modelId!: string;

  @Field({
    description:
      "Semantic version; the first is `1.0.0`. Another architecture, input or target than the newest version's raises the major number, anything else the middle one.",
  })
  @Column("text")
  number!: string;

  @Column("integer")
  ordinal!: number;

  @Field(() => VersionSource, { description: "Where its weights come from." })
  @Column("text")
  source!: VersionSource;

  @Field(() => ModelMetrics, {
    nullable: true,
    description: "Null for an imported version, which nobody measured here; compareVersions does.",
  })
  @Column("jsonb", { nullable: true })
  metrics!: ModelMetrics | null;

  @Field(() => ModelSignature)
  @Column("jsonb")
  signature!: Signature;

  @Field({ description: "SHA-256 of the artefact." })
  @Column("text")
  sha256!: string;

  @Field(() => SafeInt)
  @Column("bigint", { transformer: { from: Number, to: String } })
  sizeBytes!: number;

  @Field(() => Engine, {
    nullable: true,
    description:
      "What was found to compute its answers when it was published. Null where that could not be found out.",
  })
  @Column("text", { nullable: true })
  engine!: Engine | null;
  /** The version it was fine-tuned from, else the newest when it was published; null for the first. */
  @Column("text", { nullable: true })
  parentId!: string | null;

  @Field(() => [VersionChange], { nullable: true, description: "Against the parent; null without one." })
  @Column("jsonb", { nullable: true })
  changes!: VersionChange[] | null;

  /** Null once the dataset was deleted. */
  @Column("text", { nullable: true })
  datasetId!: string | null;

  @Field(() => ArchitectureInput, { nullable: true, description: `The layers that were trained. ${unknown}` })
  @Column("jsonb", { nullable: true, transformer: storedArchitecture })
  architecture!: ArchitectureInput | null;

  /** Shown by the room of training, which knows what they are. */
  @Column("jsonb", { nullable: true })
  hyperparameters!: object | null;

  @Field(() => Int, { nullable: true, description: `Seed of the training. ${unknown}` })
  @Column("integer", { nullable: true })
  seed!: number | null;

  @Field(() => Kernels, { nullable: true, description: `What computed the weights. ${unknown}` })
  @Column("jsonb", { nullable: true })
  kernels!: Kernels | null;

  @Field(() => VersionSplit, { nullable: true, description: `How the rows were used. ${unknown}` })
  @Column("jsonb", { nullable: true })
  split!: VersionSplit | null;

  @Field(() => [LeftOutColumn], {
    nullable: true,
    description: `Columns of the dataset that it does not read, and why. ${unknown}`,
  })
  @Column("jsonb", { nullable: true })
  leftOut!: LeftOutColumn[] | null;

  @Column("text", { nullable: true })
  createdBy!: string | null;

  @Field()
  @Column("timestamptz")
  createdAt!: Date;
}
