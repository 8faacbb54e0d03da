import { IsDisplayName } from "../../kernel/graphql/display-name.js";
import { IsEmail, Matches, MaxLength, ValidateNested } from "class-validator";
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { RequestContext } from "../../kernel/context.js";
import { User } from "../identity/index.js";
import { Plan, slugPattern, Tenant } from "../tenancy/index.js";
import type { OnboardingService } from "./onboarding.service.js";

@InputType({ description: "The first person of a tenant." })
export class OwnerInput {
  @Field({ description: "Where the owner signs in with." }) @IsEmail() @MaxLength(320) email!: string;
  @Field({ description: "1 to 200 visible characters." }) @IsDisplayName() name!: string;
  @Field({ description: "At least 15 characters." }) @MaxLength(256) password!: string;
}

@InputType({ description: "A tenant and its first owner." })
export class CreateTenantInput {
  @Field({ description: "Lower-case letters, digits and inner hyphens, up to 63." })
  @Matches(slugPattern, { message: "slug: use 1 to 63 lower-case letters, digits and inner hyphens" })
  slug!: string;
  @Field({ description: "1 to 200 visible characters." }) @IsDisplayName() name!: string;
  @Field(() => Plan, { defaultValue: Plan.STARTER, description: "Sets the limits." }) plan: Plan =
    Plan.STARTER;
  @Field(() => OwnerInput, { description: "The first person, who invites the others." })
  @ValidateNested()
  owner!: OwnerInput;
}

@ObjectType({ description: "Something to do next, with the operation that does it." })
export class NextStep {
  @Field() title!: string;
  @Field({ description: "A GraphQL document to copy." }) operation!: string;
}

@ObjectType({ description: "The new tenant, its owner and what to do next." })
export class CreateTenantPayload {
  @Field(() => Tenant) tenant!: Tenant;
  @Field(() => User) owner!: User;
  @Field(() => [NextStep]) nextSteps!: NextStep[];
}

@Resolver()
export class OnboardingResolver {
  constructor(private readonly onboarding: OnboardingService) {}

  @Mutation(() => CreateTenantPayload, {
    description: "A tenant with its first owner, ready to be signed in to.",
  })
  async createTenant(
    @Ctx() context: RequestContext,
    @Arg("input") input: CreateTenantInput,
  ): Promise<CreateTenantPayload> {
    const { tenant, owner } = await this.onboarding.createTenant(context, input);
    return { tenant, owner, nextSteps: nextSteps(tenant.slug, owner.email) };
  }
}

const nextSteps = (slug: string, email: string): NextStep[] => [
  {
    title: `Sign in as the owner, with the header x-tenant: ${slug}`,
    operation: `mutation { signIn(input: { email: ${JSON.stringify(email)}, password: "…" }) { accessToken refreshToken } }`,
  },
  {
    title: "Upload a dataset",
    operation:
      'mutation { createDataset(input: { name: "…", format: CSV, content: "…" }) { dataset { id columns { name kind } } } }',
  },
  {
    title: "Make a model",
    operation:
      'mutation { createModel(input: { name: "…", type: CLASSIFICATION, target: "…" }) { model { id } } }',
  },
  {
    title: "Train it",
    operation:
      'mutation { startTraining(input: { modelId: "…", datasetId: "…" }) { trainingJob { id status } } }',
  },
  {
    title: "Invite people",
    operation:
      'mutation { inviteUser(input: { email: "…", name: "…", role: MEMBER }) { user { id } invitationToken } }',
  },
];
