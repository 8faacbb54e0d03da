import { Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { SafeInt } from "../../kernel/graphql/scalars.js";

/** The kinds tell an operator where to look; that there is any fault at all is what counts. */
export enum AuditFaultKind {
  ALTERED = "ALTERED",
  MISSING = "MISSING",
  REORDERED = "REORDERED",
  TRUNCATED = "TRUNCATED",
  FORGED = "FORGED",
  UNSEALED_TOO_LONG = "UNSEALED_TOO_LONG",
}
registerEnumType(AuditFaultKind, {
  name: "AuditFaultKind",
  description: "What is wrong with an audit trail.",
  valuesConfig: {
    ALTERED: { description: "The event, or its seal, is not what was sealed." },
    MISSING: { description: "An event or a seal is gone from the middle." },
    REORDERED: { description: "What was sealed here stands in another place now." },
    TRUNCATED: { description: "The newest events are gone." },
    FORGED: { description: "A seal or the head was written by somebody without Tenfold's key." },
    UNSEALED_TOO_LONG: { description: "An event is over a minute old and was never entered for sealing." },
  },
});

@ObjectType({ description: "The first thing found wrong, in the order of the chain." })
export class AuditFault {
  @Field(() => SafeInt, {
    nullable: true,
    description: "Place in the chain, from 1; null for an event outside of it.",
  })
  position!: number | null;

  @Field(() => ID, { nullable: true })
  eventId!: string | null;

  @Field(() => AuditFaultKind)
  kind!: AuditFaultKind;
}

@ObjectType({
  description:
    "The newest link of the chain. Keep a copy elsewhere, and an older trail can't be put back unseen.",
})
export class AuditHead {
  @Field(() => SafeInt) position!: number;
  @Field({
    description:
      "SHA-256 over the previous link's hash and the event's canonical JSON (RFC 8785), in hexadecimal.",
  })
  hash!: string;
  @Field() sealedAt!: Date;
}

@ObjectType({
  description: "What came out when every event was hashed again and compared with the chain and its head.",
})
export class AuditVerification {
  @Field({ description: "Whether the trail is what was recorded: no fault was found." }) ok!: boolean;
  @Field(() => SafeInt, { description: "Events in the trail." }) events!: number;
  @Field(() => SafeInt, { description: "Of these, in the chain." }) sealed!: number;
  @Field(() => SafeInt, { description: "Of these, not yet: written while the trail was verified." })
  unsealed!: number;
  @Field(() => AuditHead, { nullable: true, description: "Null for a trail that was never sealed." })
  head!: AuditHead | null;
  @Field(() => AuditFault, { nullable: true, description: "Null when there is none." })
  firstFault!: AuditFault | null;
}
