import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsEmail, IsOptional, MaxLength } from "class-validator";
import { Field, ID, InputType, ObjectType } from "type-graphql";
import { IsDisplayName } from "../../kernel/graphql/display-name.js";
import { Role } from "../access/index.js";
import { ApiKey } from "./api-key.entity.js";
import { User } from "./user.entity.js";

@InputType({ description: "Who signs in, and with what." })
export class SignInInput {
  @Field({ description: "As the account was invited under, in any case of letters." })
  @MaxLength(320)
  email!: string;
  @Field({ description: "The password of the account." }) @MaxLength(256) password!: string;
}

@InputType({ description: "The refresh token to exchange." })
export class RefreshSessionInput {
  @Field({ description: "The newest one of the session; it works once." })
  @MaxLength(4_096)
  refreshToken!: string;
}

@InputType({ description: "Whom to invite, and as what." })
export class InviteUserInput {
  @Field({ description: "Where the person signs in with; nobody else of the tenant may have it." })
  @IsEmail()
  @MaxLength(320)
  email!: string;
  @Field({ description: "1 to 200 visible characters." }) @IsDisplayName() name!: string;
  @Field(() => Role, { description: "At most as powerful as your own." }) role!: Role;
}

@InputType({ description: "The invitation, and the password chosen." })
export class AcceptInvitationInput {
  @Field({ description: "As `inviteUser` gave it; it works once." })
  @MaxLength(4_096)
  invitationToken!: string;
  @Field({ description: "At least 15 characters." }) @MaxLength(256) password!: string;
}

@InputType({ description: "What is left out or null stays." })
export class UpdateUserInput {
  @Field(() => ID, { description: "The person to change." }) id!: string;
  @Field(() => String, { nullable: true, description: "1 to 200 visible characters." })
  @IsOptional()
  @IsDisplayName()
  name?: string | null;
  @Field(() => Role, { nullable: true, description: "At most as powerful as your own." }) role?: Role | null;
}

@InputType({ description: "Which person." })
export class UserInput {
  @Field(() => ID, { description: "The id of the person." }) id!: string;
}

@InputType({ description: "The password of until now, and the new one." })
export class ChangePasswordInput {
  @Field({ description: "The password of until now, as proof." }) @MaxLength(256) currentPassword!: string;
  @Field({ description: "At least 15 characters." }) @MaxLength(256) newPassword!: string;
}

@InputType({ description: "Which session." })
export class RevokeSessionInput {
  @Field(() => ID, { description: "One of your own sessions." }) id!: string;
}

@InputType({ description: "What a new API key may do, and until when." })
export class CreateApiKeyInput {
  @Field({ description: "1 to 200 visible characters, to tell keys apart by." })
  @IsDisplayName()
  name!: string;
  @Field(() => [String], { description: "Permissions the key gets; the maker must hold each." })
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  scopes!: string[];
  @Field(() => Date, { nullable: true, description: "Default: never." }) expiresAt?: Date | null;
  @Field({ defaultValue: false, description: "Allow registered operations only." }) persistedOnly: boolean =
    false;
}

@InputType({ description: "Which API key." })
export class RevokeApiKeyInput {
  @Field(() => ID, { description: "The id of the API key." }) id!: string;
}

@ObjectType({ description: "A new pair of tokens. The refresh token works once." })
export class SignInPayload {
  @Field() accessToken!: string;
  @Field() refreshToken!: string;
  @Field({ description: "When the access token ends." }) expiresAt!: Date;
}

@ObjectType({ description: "Whether a session ended." })
export class SignOutPayload {
  @Field({ description: "False where there was no session to end, e.g. with an API key." })
  signedOut!: boolean;
}

@ObjectType({ description: "The person as changed." })
export class UserPayload {
  @Field(() => User) user!: User;
}

@ObjectType({ description: "The person invited, and what lets them in." })
export class InviteUserPayload {
  @Field(() => User) user!: User;
  @Field({ description: "For the invited person, shown once; valid for seven days." })
  invitationToken!: string;
}

@ObjectType({ description: "The sessions that ended." })
export class SessionsPayload {
  @Field(() => [ID]) revokedSessionIds!: string[];
}

@ObjectType({ description: "The API key as changed." })
export class ApiKeyPayload {
  @Field(() => ApiKey) apiKey!: ApiKey;
}

@ObjectType({ description: "The new API key, with its secret." })
export class CreateApiKeyPayload {
  @Field(() => ApiKey) apiKey!: ApiKey;
  @Field({ description: "Goes into the header `authorization: Bearer …`. Shown once." }) secret!: string;
}
