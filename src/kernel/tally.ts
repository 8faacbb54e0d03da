/** How many of something each owner has at the moment; an owner with none costs no memory. */
export class Tally {
  readonly #counts = new Map<string, number>();

  of(owner: string): number {
    return this.#counts.get(owner) ?? 0;
  }

  /** One more. Answers the giving back, of which only the first call counts. */
  add(owner: string): () => void {
    this.#counts.set(owner, this.of(owner) + 1);
    let held = true;
    return () => {
      if (held) this.#remove(owner);
      held = false;
    };
  }

  #remove(owner: string): void {
    const left = this.of(owner) - 1;
    if (left > 0) this.#counts.set(owner, left);
    else this.#counts.delete(owner);
  }
}
