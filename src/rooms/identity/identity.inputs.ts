import { IsDisplayName } from "../../kernel/graphql/display-name.js";
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsEmail, IsOptional, MaxLength } from "class-validator";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import { Role } from "../access/index.js";
import { ApiKey } from "./api-key.entity.js";
import { User } from "./user.entity.js";

@InputType()
export class SignInInput {
  @Field() @MaxLength(320) email!: string;
  @Field() @MaxLength(256) password!: string;
}

@InputType()
export class RefreshSessionInput {
  @Field() @MaxLength(4_096) refreshToken!: string;
}

@InputType()
export class InviteUserInput {
  @Field() @IsEmail() @MaxLength(320) email!: string;
  @Field() @IsDisplayName() name!: string;
  @Field(() => Role) role!: Role;
}

@InputType()
export class AcceptInvitationInput {
  @Field() @MaxLength(4_096) invitationToken!: string;
  @Field({ description: "At least 15 characters." }) @MaxLength(256) password!: string;
}

@InputType()
export class UpdateUserInput {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) @IsOptional() @IsDisplayName() name?: string | null;
  @Field(() => Role, { nullable: true }) role?: Role | null;
}

@InputType()
export class UserInput {
  @Field(() => ID) id!: string;
}

@InputType()
export class ChangePasswordInput {
  @Field() @MaxLength(256) currentPassword!: string;
  @Field({ description: "At least 15 characters." }) @MaxLength(256) newPassword!: string;
}

@InputType()
export class RevokeSessionInput {
  @Field(() => ID) id!: string;
}

@InputType()
export class CreateApiKeyInput {
  @Field() @IsDisplayName() name!: string;
  @Field(() => [String], { description: "Permissions the key gets; the maker must hold each." })
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  scopes!: string[];
  @Field(() => Date, { nullable: true, description: "Default: never." }) expiresAt?: Date | null;
  @Field({ defaultValue: false, description: "Allow registered operations only." }) persistedOnly: boolean =
    false;
}

@InputType()
export class RevokeApiKeyInput {
  @Field(() => ID) id!: string;
}

@ObjectType({ description: "A new pair of tokens. The refresh token works once." })
export class SignInPayload {
  @Field() accessToken!: string;
  @Field() refreshToken!: string;
  @Field({ description: "When the access token ends." }) expiresAt!: Date;
}

@ObjectType()
export class SignOutPayload {
  @Field({ description: "False where there was no session to end, e.g. with an API key." })
  signedOut!: boolean;
}

@ObjectType()
export class UserPayload {
  @Field(() => User) user!: User;
}

@ObjectType()
export class InviteUserPayload {
  @Field(() => User) user!: User;
  @Field({ description: "For the invited person, shown once; valid for seven days." })
  invitationToken!: string;
}

@ObjectType()
export class SessionsPayload {
  @Field(() => [ID]) revokedSessionIds!: string[];
}

@ObjectType()
export class ApiKeyPayload {
  @Field(() => ApiKey) apiKey!: ApiKey;
}

@ObjectType()
export class CreateApiKeyPayload {
  @Field(() => ApiKey) apiKey!: ApiKey;
  @Field({ description: "Goes into the header `authorization: Bearer …`. Shown once." }) secret!: string;
}
