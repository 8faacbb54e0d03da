import { ArrayMaxSize, IsOptional, MaxLength, ValidateNested } from "class-validator";
import { ArgsType, Field, ID, InputType } from "type-graphql";
import type { SelectQueryBuilder } from "typeorm";
import { PageArguments } from "../../kernel/graphql/connection.js";
import { type AuditEvent, AuditOutcome } from "./audit-event.entity.js";

@InputType({ description: "Events that fit everything given." })
export class AuditFilter {
  @Field(() => [String], {
    nullable: true,
    description: "Any of these actions, e.g. `model.created`. At most 50.",
  })
  @IsOptional()
  @ArrayMaxSize(50)
  @MaxLength(100, { each: true })
  actions?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "Events that this user, API key or operator brought about.",
  })
  @IsOptional()
  @MaxLength(100)
  actorId?: string | null;

  @Field(() => ID, { nullable: true, description: "Events about the thing with this id." })
  @IsOptional()
  @MaxLength(100)
  subject?: string | null;

  @Field(() => AuditOutcome, { nullable: true, description: "Events that ended so." })
  @IsOptional()
  outcome?: AuditOutcome | null;

  @Field(() => Date, { nullable: true, description: "Inclusive." })
  @IsOptional()
  from?: Date | null;

  @Field(() => Date, { nullable: true, description: "Exclusive." })
  @IsOptional()
  to?: Date | null;
}

@ArgsType()
export class AuditEventsArguments extends PageArguments {
  @Field(() => AuditFilter, { nullable: true })
  @IsOptional()
  @ValidateNested()
  filter?: AuditFilter | null;
}

/** Conditions are ours; of the caller's there are only parameters. */
const conditions: Record<keyof AuditFilter, string> = {
  actions: "it.action = any(:actions)",
  actorId: "it.actorId = :actorId",
  subject: "it.subject = :subject",
  outcome: "it.outcome = :outcome",
  from: "it.at >= :from",
  to: "it.at < :to",
};

/** What a list of events is narrowed by: every condition whose value was given. */
export function narrowBy(
  filter: AuditFilter | null | undefined,
): (query: SelectQueryBuilder<AuditEvent>) => void {
  return (query) => {
    for (const name of Object.keys(conditions) as (keyof AuditFilter)[]) {
      const value = filter?.[name];
      if (value !== undefined && value !== null) query.andWhere(conditions[name], { [name]: value });
    }
  };
}
