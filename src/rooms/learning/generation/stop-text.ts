/** How a generated text ended: by the model's own end of text, at its longest, or before one of the wished-for ends. */
export const finishReasons = ["END", "LENGTH", "STOP"] as const;
export type FinishReason = (typeof finishReasons)[number];

/**
 * Gives text out as it comes, but holds back what may be the beginning of a stop text: who reads along never sees a
 * part of it.
 */
export class StopText {
  #held = "";
  #stopped = false;

  constructor(private readonly stops: readonly string[]) {}

  get stopped(): boolean {
    return this.#stopped;
  }

  /** What may be shown after `piece` has come. */
  push(piece: string): string {
    if (this.#stopped) return "";
    const text = this.#held + piece;
    const places = this.stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
    this.#stopped = places.length > 0;
    const shown = this.#stopped ? Math.min(...places) : text.length - this.#mayBegin(text);
    this.#held = this.#stopped ? "" : text.slice(shown);
    return text.slice(0, shown);
  }

  /** What was held back, once nothing more comes. */
  rest(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }

  /** How many characters at the end of the text are the beginning of a stop text, at most. */
  #mayBegin(text: string): number {
    const lengths = this.stops.map((stop) => {
      let length = Math.min(stop.length - 1, text.length);
      while (length > 0 && !text.endsWith(stop.slice(0, length))) length--;
      return Math.max(0, length);
    });
    return Math.max(0, ...lengths);
  }
}
