import { Counter } from "prom-client";
import { newSeed } from "../../../kernel/clock.js";
import type { TenantContext } from "../../../kernel/context.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import { badInput } from "../../../kernel/errors.js";
import type { Kernel } from "../../../kernel/kernel.js";
import { type GenerationRequest, suitableRequest, whyNot, type WrittenPiece } from "../../learning/index.js";
import { Meter, type MeteringService, UsageLedger } from "../../metering/index.js";
import { Environment, type ModelVersion } from "../../models/index.js";
import type { PredictionService } from "../prediction.service.js";
import { GenerationTimedOut } from "./generation.errors.js";
import type { GenerateTextInput, GenerateTextPayload, TextGenerationPiece } from "./generation.inputs.js";
import { GenerationSlots } from "./slots.js";

/** Texts that a tenant has written at once. */
const mostAtOnce = 4;
/** A request that waits longer has given up long ago. */
const longestMs = 60_000;
/** A stream tells what came in this time together, so that each piece is metered before it is told. */
const pieceMs = 100;

/** One text to be written, by the version that answers. */
interface Order {
  tenant: TenantScope;
  version: ModelVersion;
  request: GenerationRequest;
}

/** Texts written with what is deployed. Nothing is told that is not metered. */
export class GenerationService {
  readonly #ledger: UsageLedger;
  readonly #slots = new GenerationSlots(mostAtOnce);
  readonly #written: Counter;

  constructor(
    { metrics }: Kernel,
    metering: MeteringService,
    private readonly predictions: PredictionService,
  ) {
    this.#ledger = new UsageLedger(metering, Meter.GENERATED_TOKENS, "text.generate");
    this.#written = new Counter({
      name: "tenfold_generated_tokens_total",
      help: "Tokens of texts written and metered.",
      registers: [metrics],
    });
  }

  /**
   * The whole text at once, metered whole. Throws NOT_FOUND, NOT_DEPLOYED, BAD_USER_INPUT, QUOTA_EXCEEDED,
   * TOO_MANY_GENERATIONS, GENERATION_TIMED_OUT.
   */
  async generate({ tenant }: TenantContext, input: GenerateTextInput): Promise<GenerateTextPayload> {
    const begun = performance.now();
    const order = await this.#order(tenant, input);
    const { version, request } = order;
    const written = await this.#whole(order, begun);
    await this.#meter(order, written.tokens);
    return { ...written, version, seed: request.seed, latencyMs: performance.now() - begun };
  }

  async #whole(
    { tenant, version, request }: Order,
    begun: number,
  ): Promise<Pick<GenerateTextPayload, "text" | "tokens" | "finishReason">> {
    const leave = this.#slots.take(tenant.id);
    try {
      let [text, tokens] = ["", 0];
      for await (const piece of this.predictions.generateWith(tenant, version, request)) {
        text += piece.text;
        tokens += piece.tokens;
        if (piece.finishReason) return { text, tokens, finishReason: piece.finishReason };
        if (performance.now() - begun > longestMs) throw new GenerationTimedOut();
      }
      return { text, tokens, finishReason: "LENGTH" };
    } finally {
      leave();
    }
  }

  /** The text in pieces, each metered before it is told. Throws what `generate` throws at its beginning. */
  async stream(
    { tenant }: TenantContext,
    input: GenerateTextInput,
  ): Promise<AsyncGenerator<TextGenerationPiece | Error, void>> {
    return this.#pieces(await this.#order(tenant, input));
  }

  /** A failure is told as the last piece: thrown here it would close the subscriber's socket, with all else on it. */
  async *#pieces(order: Order): AsyncGenerator<TextGenerationPiece | Error, void> {
    const { tenant, version, request } = order;
    let leave = (): void => undefined;
    try {
      leave = this.#slots.take(tenant.id);
      for await (const piece of gathered(this.predictions.generateWith(tenant, version, request))) {
        await this.#meter(order, piece.tokens);
        yield { ...piece, version, seed: request.seed };
      }
    } catch (error) {
      yield error instanceof Error ? error : new Error(String(error));
    } finally {
      leave();
    }
  }

  async #meter({ tenant, version }: Order, tokens: number): Promise<void> {
    if (tokens === 0) return;
    await this.#ledger.consume(tenant, tokens, version.id);
    this.#written.inc(tokens);
  }

  async #order(tenant: TenantScope, input: GenerateTextInput): Promise<Order> {
    const environment = input.environment ?? Environment.PRODUCTION;
    const version = await this.predictions.deployed(tenant, input.modelId, environment);
    const refusal = whyNot(version.signature.output.type, "GENERATE");
    if (refusal !== null) throw badInput("modelId", refusal);
    return { tenant, version, request: requestOf(input) };
  }
}

const requestOf = (input: GenerateTextInput): GenerationRequest => ({
  prompt: input.prompt ?? "",
  maxTokens: input.maxTokens ?? suitableRequest.tokens,
  temperature: input.temperature ?? suitableRequest.temperature,
  topK: input.topK ?? null,
  topP: input.topP ?? null,
  seed: input.seed ?? newSeed(),
  stop: input.stop ?? [],
});

/** Pieces that came within `pieceMs` as one; the first is told at once, since somebody waits for it. */
async function* gathered(pieces: AsyncGenerator<WrittenPiece, void>): AsyncGenerator<WrittenPiece, void> {
  let open: WrittenPiece = { text: "", tokens: 0, finishReason: null };
  let told = Number.NEGATIVE_INFINITY;
  for await (const { text, tokens, finishReason } of pieces) {
    open = { text: open.text + text, tokens: open.tokens + tokens, finishReason };
    if (!finishReason && performance.now() - told < pieceMs) continue;
    yield open;
    told = performance.now();
    open = { text: "", tokens: 0, finishReason: null };
  }
}
