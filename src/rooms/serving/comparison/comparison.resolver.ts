import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { TenantContext } from "../../../kernel/context.js";
import type { ComparisonService } from "./comparison.service.js";
import { CompareVersionsInput, CompareVersionsPayload } from "./comparison.type.js";

@Resolver()
export class ComparisonResolver {
  constructor(private readonly comparisons: ComparisonService) {}

  @Mutation(() => CompareVersionsPayload, {
    description:
      "Measures two versions of a model on the same held-out rows. Metered where rows are predicted anew, so a mutation.",
  })
  async compareVersions(
    @Ctx() context: TenantContext,
    @Arg("input") input: CompareVersionsInput,
  ): Promise<CompareVersionsPayload> {
    return { comparison: await this.comparisons.compare(context, input) };
  }
}
