import { Arg, Ctx, Mutation, Resolver, Root, Subscription } from "type-graphql";
import type { TenantContext } from "../../../kernel/context.js";
import { validateInput } from "../../../kernel/graphql/validate-input.js";
import { GenerateTextInput, GenerateTextPayload, TextGenerationPiece } from "./generation.inputs.js";
import type { GenerationService } from "./generation.service.js";

/** What type-graphql hands to `subscribe`. */
interface SubscribeInput {
  args: { input: GenerateTextInput };
  context: TenantContext;
}

/** `subscribe` is made before any resolver is, so it finds the service by what every context of a process shares. */
const services = new WeakMap<object, GenerationService>();

@Resolver()
export class GenerationResolver {
  constructor(
    notifications: object,
    private readonly service: GenerationService,
  ) {
    services.set(notifications, service);
  }

  @Mutation(() => GenerateTextPayload, {
    description:
      "Goes on with a text; metered by the token; a plan allows fifty for each of its predictions.",
  })
  generateText(
    @Ctx() context: TenantContext,
    @Arg("input") input: GenerateTextInput,
  ): Promise<GenerateTextPayload> {
    return this.service.generate(context, input);
  }

  @Subscription(() => TextGenerationPiece, {
    description:
      "As `generateText`, piece by piece; the last one has the `finishReason`. Who leaves ends it, and pays for what was told.",
    subscribe: async ({ args, context }: SubscribeInput) => {
      const service = services.get(context.notifications);
      if (!service) throw new Error("No service writes texts in this process.");
      // The library checks arguments for each event, and here it is the beginning that costs.
      const input = Object.assign(new GenerateTextInput(), args.input);
      validateInput(input);
      return service.stream(context, input);
    },
  })
  textGeneration(
    @Arg("input") _input: GenerateTextInput,
    @Root() piece: TextGenerationPiece | Error,
  ): TextGenerationPiece {
    if (piece instanceof Error) throw piece;
    return piece;
  }
}
