import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { TenantContext } from "../../../kernel/context.js";
import { ImportModelInput, ImportModelPayload } from "./import.inputs.js";
import type { ImportService } from "./import.service.js";

@Resolver()
export class ImportResolver {
  constructor(private readonly service: ImportService) {}

  @Mutation(() => ImportModelPayload, {
    description:
      "An upload URL for a network trained elsewhere, which becomes the model's next version: checked, tried out, and then deployed as any other.",
  })
  importModel(
    @Ctx() context: TenantContext,
    @Arg("input") input: ImportModelInput,
  ): Promise<ImportModelPayload> {
    return this.service.open(context, input);
  }
}
