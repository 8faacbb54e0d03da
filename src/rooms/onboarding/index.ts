// The room of onboarding: a tenant with its first person in one mutation, and what to do next. It owns no tables.
import { operator } from "../../kernel/graphql/rules.js";
import type { Room } from "../../kernel/room.js";
import type { UserService } from "../identity/index.js";
import type { TenancyService } from "../tenancy/index.js";
import { OnboardingResolver } from "./onboarding.resolver.js";
import { OnboardingService } from "./onboarding.service.js";

export { OnboardingService } from "./onboarding.service.js";

export function onboardingRoom(tenancy: TenancyService, users: UserService): Room {
  return {
    name: "onboarding",
    resolvers: [new OnboardingResolver(new OnboardingService(tenancy, users))],
    rules: { Mutation: { createTenant: operator } },
  };
}
