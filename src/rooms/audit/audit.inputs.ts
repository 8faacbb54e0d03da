import { ArrayMaxSize, IsOptional, MaxLength } from "class-validator";
import { Field, ID, InputType } from "type-graphql";
import { AuditOutcome } from "./audit-event.entity.js";

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
