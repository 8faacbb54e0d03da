import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { Connection, type Declared } from "../../kernel/graphql/reads/declare.js";
import { ApiKey } from "./api-key.entity.js";
import type { ApiKeyService } from "./api-key.service.js";
import {
  ApiKeyPayload,
  CreateApiKeyInput,
  CreateApiKeyPayload,
  RevokeApiKeyInput,
} from "./identity.inputs.js";

@Resolver()
export class ApiKeyResolver {
  constructor(private readonly service: ApiKeyService) {}

  @Connection(ApiKey, { description: "API keys, without their secrets." })
  readonly apiKeys!: Declared;

  @Mutation(() => CreateApiKeyPayload, { description: "A key for programs; its secret is shown this once." })
  createApiKey(
    @Ctx() context: TenantContext,
    @Arg("input") input: CreateApiKeyInput,
  ): Promise<CreateApiKeyPayload> {
    return this.service.create(context, input);
  }

  @Mutation(() => ApiKeyPayload, { description: "Takes effect at once, on open sockets too." })
  async revokeApiKey(
    @Ctx() context: TenantContext,
    @Arg("input") { id }: RevokeApiKeyInput,
  ): Promise<ApiKeyPayload> {
    return { apiKey: await this.service.revoke(context, id) };
  }
}
