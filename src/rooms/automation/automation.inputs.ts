import { ArrayMaxSize, ArrayMinSize, IsBoolean, Length, Matches, ValidateNested } from "class-validator";
import { Field, InputType, ObjectType } from "type-graphql";
import { Tenant } from "../tenancy/index.js";
import { maxDocumentBytes } from "./examine.js";
import { PersistedOperation } from "./persisted-operation.entity.js";

@InputType({ description: "A document to register." })
export class PersistedOperationInput {
  @Field({ description: "GraphQL text with exactly one operation, at most 64 KiB." })
  @Length(1, maxDocumentBytes)
  document!: string;
}

@InputType({ description: "The documents to register." })
export class RegisterPersistedOperationsInput {
  @Field(() => [PersistedOperationInput], { description: "1 to 50; all are registered or none." })
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  operations!: PersistedOperationInput[];
}

@InputType({ description: "Which operation, by its hash." })
export class RemovePersistedOperationInput {
  @Field({ description: "`sha256:` and 64 hexadecimal digits." })
  @Matches(/^sha256:[0-9a-f]{64}$/i, { message: "hash: write `sha256:` and 64 hexadecimal digits" })
  hash!: string;
}

@InputType({ description: "Whether the allow-list applies." })
export class SetPersistedOperationsOnlyInput {
  @Field({ description: "True refuses every document that is not registered." })
  @IsBoolean()
  enabled!: boolean;
}

@ObjectType({ description: "The operations, with the hashes to run them by." })
export class RegisterPersistedOperationsPayload {
  @Field(() => [PersistedOperation], { description: "In the order given." })
  operations!: PersistedOperation[];
}

@ObjectType({ description: "The operation that was removed." })
export class RemovePersistedOperationPayload {
  @Field(() => PersistedOperation, { description: "As it was." })
  operation!: PersistedOperation;
}

@ObjectType({ description: "The tenant after the change." })
export class SetPersistedOperationsOnlyPayload {
  /** Read when it is asked for, after the commit: inside the change the registry is out of reach. */
  @Field(() => Tenant)
  tenant?: Tenant;
}
