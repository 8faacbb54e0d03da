import { type EndTurn, FairTurns } from "./fair-turns.js";
import { turns, turnsApart } from "./predictor-options.js";

/**
 * Whose turn it is at each thread. A stranger's graph may take half a minute, so that the turns of all others are never
 * taken by such.
 */
export class PredictorTurns {
  readonly #usual: readonly FairTurns[];
  readonly #apart: readonly FairTurns[];

  constructor(threads: number) {
    this.#usual = Array.from({ length: threads }, () => new FairTurns(turns));
    this.#apart = Array.from({ length: threads }, () => new FairTurns(turnsApart));
  }

  /** @param apart whether what is computed is a stranger's graph. @param begin is told how the turn is ended */
  take(slot: number, apart: boolean, owner: string, begin: (end: EndTurn) => void): void {
    (apart ? this.#apart : this.#usual)[slot]?.take(owner, begin);
  }
}
