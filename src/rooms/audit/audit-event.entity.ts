import { Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { Column, Entity, PrimaryColumn } from "typeorm";
import { Node } from "../../kernel/graphql/node.js";
import { JSONObject } from "../../kernel/graphql/scalars.js";

/** As `DomainEvent.outcome`; what rolls back leaves no event, so a failure is one that was worth a commit. */
export enum AuditOutcome {
  SUCCESS = "SUCCESS",
  FAILURE = "FAILURE",
}
registerEnumType(AuditOutcome, {
  name: "AuditOutcome",
  description: "FAILURE is an attempt that was refused, e.g. a wrong password.",
  valuesConfig: {
    SUCCESS: { description: "It was done." },
    FAILURE: { description: "It was refused or failed." },
  },
});

/** The values are what the table holds: `Viewer.kind`. */
export enum ActorKind {
  ANONYMOUS = "anonymous",
  USER = "user",
  API_KEY = "apiKey",
  OPERATOR = "operator",
  SYSTEM = "system",
}
registerEnumType(ActorKind, {
  name: "ActorKind",
  description: "SYSTEM is Tenfold itself, e.g. a background job.",
  valuesConfig: {
    ANONYMOUS: { description: "Nobody signed in." },
    USER: { description: "A person of the tenant." },
    API_KEY: { description: "A program of the tenant." },
    OPERATOR: { description: "Who runs this installation." },
    SYSTEM: { description: "Tenfold itself." },
  },
});

/** Read by this class, written by the recorder's one statement: an entity manager would need one for each event. */
@Entity("audit_event")
@ObjectType({
  implements: Node,
  description: "One fact of the audit trail: who did what to what, from where. Never changed.",
})
export class AuditEvent implements Node {
  @PrimaryColumn("text")
  id!: string;

  @Field({ description: "When it happened, by the clock of the server that did it." })
  @Column("timestamptz")
  at!: Date;

  @Field({ description: "What happened, e.g. `model.created`." })
  @Column("text")
  action!: string;

  @Field({
    description: "The operation it happened in, e.g. `model.create`; one operation may do several things.",
  })
  @Column("text")
  operation!: string;

  @Field(() => ActorKind)
  @Column("text")
  actorKind!: ActorKind;

  @Field(() => ID, {
    nullable: true,
    description: "The user, API key or operator; null for nobody in particular.",
  })
  @Column("text", { nullable: true })
  actorId!: string | null;

  @Field(() => ID, { nullable: true, description: "The id of what it happened to." })
  @Column("text", { nullable: true })
  subject!: string | null;

  @Field(() => JSONObject, { nullable: true, description: "The state before, without secrets." })
  @Column("jsonb", { nullable: true })
  before!: object | null;

  @Field(() => JSONObject, { nullable: true, description: "The state after, without secrets." })
  @Column("jsonb", { nullable: true })
  after!: object | null;

  @Field(() => AuditOutcome)
  @Column("text")
  outcome!: AuditOutcome;

  @Field(() => String, { nullable: true, description: "Where the request came from; null within Tenfold." })
  @Column("text", { nullable: true })
  ip!: string | null;

  @Field(() => String, { nullable: true, description: "Its beginning, as long as the door keeps it." })
  @Column("text", { nullable: true })
  userAgent!: string | null;

  @Field({ description: "The same as in the answer's errors and in the server's log." })
  @Column("text")
  requestId!: string;
}
