import { Tally } from "../../../kernel/tally.js";
import { TooManyGenerations } from "./generation.errors.js";

/** Texts that one tenant has written at once in this process: whoever asks for a hundred must not leave others waiting. */
export class GenerationSlots {
  readonly #taken = new Tally();

  constructor(private readonly most: number) {}

  /** Takes a place; answers the giving back, of which only the first call counts. Throws TOO_MANY_GENERATIONS. */
  take(tenantId: string): () => void {
    const taken = this.#taken.of(tenantId);
    if (taken >= this.most)
      throw new TooManyGenerations(`${taken} texts are being written. Wait until one has ended.`, {
        allowed: this.most,
      });
    return this.#taken.add(tenantId);
  }
}
