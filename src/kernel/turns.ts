/** Lets work under one key run one after the other in this process; work under other keys does not wait. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Answers what `work` answers, once all that came before it under `key` has ended, however it ended. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).then(work, work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
