import type { Figure } from "./figures.js";

/** What a figure must keep to, checked with `--check`. */
export interface Target {
  readonly of: "value" | "ratio";
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** What is asked of a benchmark beside its name. */
export interface BenchOptions {
  /** Of its parts those to measure; none named is all. */
  readonly only: readonly string[];
  /** A short run, for somebody who changes something and looks again. */
  readonly quick: boolean;
}

/** A benchmark: `npm run bench -- NAME`. Both sides of a comparison are measured in one run, in turns. */
export interface Bench {
  readonly summary: string;
  /** What `--only` can name; nothing where the benchmark is one piece. */
  readonly parts?: readonly string[];
  /** Targets by figure name. */
  readonly targets: Readonly<Record<string, Target>>;
  run(report: (figure: Figure) => void, options: BenchOptions): Promise<void>;
}

/** What a drill found; `ok` says whether it is what must be. */
export interface Findings {
  readonly ok: boolean;
  readonly [figure: string]: unknown;
}

/** A drill: `npm run drill -- NAME --seed N`. The same seed does the same things. */
export interface Drill {
  readonly summary: string;
  run(seed: number): Promise<Findings>;
}

export function misses(figure: Figure, target: Target | undefined): boolean {
  if (!target) return false;
  const measured = figure[target.of] ?? Number.NaN;
  return !(measured <= (target.atMost ?? Infinity) && measured >= (target.atLeast ?? -Infinity));
}
