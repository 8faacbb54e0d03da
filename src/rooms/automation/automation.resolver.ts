import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Extensions, FieldResolver, Info, Mutation, Resolver } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { Connection, type Declared } from "../../kernel/graphql/reads/declare.js";
import { Tenant, type TenancyService } from "../tenancy/index.js";
import {
  RegisterPersistedOperationsInput,
  RegisterPersistedOperationsPayload,
  RemovePersistedOperationInput,
  RemovePersistedOperationPayload,
  SetPersistedOperationsOnlyInput,
  SetPersistedOperationsOnlyPayload,
} from "./automation.inputs.js";
import type { OperationService } from "./operation.service.js";
import { PersistedOperation } from "./persisted-operation.entity.js";

@Resolver()
export class AutomationResolver {
  constructor(
    private readonly operations: OperationService,
    private readonly tenancy: TenancyService,
  ) {}

  @Connection(PersistedOperation, { description: "What may be run by its hash, newest first." })
  readonly persistedOperations!: Declared;

  @Extensions({ cost: { value: 10, multiplier: "input.operations" } })
  @Mutation(() => RegisterPersistedOperationsPayload, {
    description:
      "Checks and prices documents once, so that they can be run by their hash. One registered already stays as it is.",
  })
  async registerPersistedOperations(
    @Ctx() context: TenantContext,
    @Arg("input") { operations }: RegisterPersistedOperationsInput,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<RegisterPersistedOperationsPayload> {
    const documents = operations.map(({ document }) => document);
    return { operations: await this.operations.register(context, schema, documents) };
  }

  @Mutation(() => RemovePersistedOperationPayload, {
    description: "From then on its hash is refused. Throws NOT_FOUND.",
  })
  async removePersistedOperation(
    @Ctx() context: TenantContext,
    @Arg("input") { hash }: RemovePersistedOperationInput,
  ): Promise<RemovePersistedOperationPayload> {
    return { operation: await this.operations.remove(context, hash) };
  }

  @Mutation(() => SetPersistedOperationsOnlyPayload, {
    description:
      "Whether the tenant's people and API keys may run registered operations only. People who may register operations " +
      "are exempt while signed in themselves, so that they can undo it; so is whoever has not signed in yet.",
  })
  async setPersistedOperationsOnly(
    @Ctx() { tenant }: TenantContext,
    @Arg("input") { enabled }: SetPersistedOperationsOnlyInput,
  ): Promise<SetPersistedOperationsOnlyPayload> {
    await this.tenancy.setPersistedOnly(tenant, enabled);
    return {};
  }
}

/** Resolved behind the commit, on no connection of the change: forty callers with one key wait for each other on theirs. */
@Resolver(() => SetPersistedOperationsOnlyPayload)
export class AllowListResolver {
  constructor(private readonly tenancy: TenancyService) {}

  @FieldResolver(() => Tenant)
  tenant(@Ctx() context: TenantContext): Promise<Tenant> {
    return this.tenancy.find(context, { id: context.tenant.id });
  }
}
