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
    this.#of(apart)[slot]?.take(owner, begin);
  }

  /** Of some threads the one at which least is under way; of equals the first, so that the others need not load a model. */
  idlest(slots: readonly number[], apart: boolean): number {
    const load = (slot: number): number => this.#of(apart)[slot]?.load ?? 0;
    return slots.reduce((idlest, slot) => (load(slot) < load(idlest) ? slot : idlest));
  }

  #of(apart: boolean): readonly FairTurns[] {
    return apart ? this.#apart : this.#usual;
  }
}
