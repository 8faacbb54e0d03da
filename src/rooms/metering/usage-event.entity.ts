import { Column, Entity, PrimaryColumn } from "typeorm";

/** One metered fact. Rows are only ever added. */
@Entity({ name: "usage_event" })
export class UsageEvent {
  @PrimaryColumn("text")
  id!: string;

  @Column("timestamptz")
  at!: Date;

  @Column("text")
  meter!: string;

  /** Rows predicted, milliseconds trained, bytes stored. */
  @Column("bigint")
  quantity!: string;

  @Column("text", { nullable: true })
  subject!: string | null;

  @Column("text", { nullable: true })
  actor!: string | null;
}
