import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { TenantContext } from "../../kernel/context.js";
import { ExportVersionInput, ExportVersionPayload } from "./export.inputs.js";
import type { ExportService } from "./export.service.js";

@Resolver()
export class ExportResolver {
  constructor(private readonly service: ExportService) {}

  @Mutation(() => ExportVersionPayload, {
    description:
      "A short-lived URL of the version for use elsewhere; what is fetched there is metered in bytes.",
  })
  exportVersion(
    @Ctx() context: TenantContext,
    @Arg("input") input: ExportVersionInput,
  ): Promise<ExportVersionPayload> {
    return this.service.export(context, input);
  }
}
