import { TooManyGenerations } from "./generation.errors.js";

/** Texts that one tenant has written at once in this process: whoever asks for a hundred must not leave others waiting. */
export class Places {
  readonly #taken = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** Takes a place; answers the giving back, of which only the first call counts. Throws TOO_MANY_GENERATIONS. */
  take(tenantId: string): () => void {
    const taken = this.#taken.get(tenantId) ?? 0;
    if (taken >= this.most)
      throw new TooManyGenerations(`${taken} texts are being written. Wait until one has ended.`, {
        allowed: this.most,
      });
    this.#taken.set(tenantId, taken + 1);
    let open = true;
    return () => {
      if (open) this.#give(tenantId);
      open = false;
    };
  }

  #give(tenantId: string): void {
    const left = (this.#taken.get(tenantId) ?? 1) - 1;
    if (left > 0) this.#taken.set(tenantId, left);
    else this.#taken.delete(tenantId);
  }
}
