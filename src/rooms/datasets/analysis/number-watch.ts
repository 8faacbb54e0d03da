import { isMissing, parseNumber } from "../../../kernel/cell.js";

/** A column is one of numbers with slips in it from this part of its values on, and from so many numbers. */
const numberShare = 0.8;
const leastNumbers = 5;

/** Looks for the few texts that make a column of numbers one of texts, which nobody sees in its profile. */
export class NumberWatch {
  #numbers = 0;
  #others = 0;
  #row = 0;
  /** The first that is no number; rows count from 1, the header left out. */
  #first: { text: string; row: number } | null = null;

  add(cell: string | null): void {
    this.#row += 1;
    if (isMissing(cell)) return;
    if (parseNumber(cell) !== null) this.#numbers += 1;
    else {
      this.#others += 1;
      this.#first ??= { text: cell, row: this.#row };
    }
  }

  /** Null where the column holds numbers alone, or is not meant to hold numbers. */
  get slips(): { count: number; present: number; text: string; row: number } | null {
    const present = this.#numbers + this.#others;
    if (!this.#first || this.#numbers < leastNumbers || this.#numbers < present * numberShare) return null;
    return { count: this.#others, present, ...this.#first };
  }
}
