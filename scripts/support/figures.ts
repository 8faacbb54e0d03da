/** One measured figure; `ratio` is value over baseline where there is something to compare with. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Milliseconds that `body` took. */
export async function timed(body: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await body();
  return Number(process.hrtime.bigint() - began) / 1e6;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

export function figure(name: string, value: number, unit: string, baseline: number | null = null): Figure {
  const ratio = baseline === null ? null : rounded(value / baseline);
  return { name, value: rounded(value), unit, baseline: baseline === null ? null : rounded(baseline), ratio };
}
