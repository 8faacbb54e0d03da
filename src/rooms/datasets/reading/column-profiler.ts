import { categoryOf, parseBoolean, parseNumber } from "../../../kernel/cell.js";
import { type DistinctBudget, DistinctCounter, ownCopy } from "./distinct.js";
import { Moments, noNumbers } from "./moments.js";
import { type CategoryCount, ColumnKind, type ColumnProfile, kindOf, mostCategories } from "./profile.js";

const exampleCount = 3;
const exampleLength = 128;

/** Profiles one column in one pass; what it keeps is bounded however many cells it sees. */
export class ColumnProfiler {
  private count = 0;
  private allNumbers = true;
  private allBooleans = true;
  private readonly moments = new Moments();
  private readonly distinct: DistinctCounter;
  private readonly examples: string[] = [];

  constructor(
    private readonly name: string,
    budget: DistinctBudget,
    private missing = 0,
  ) {
    this.distinct = new DistinctCounter(budget);
  }

  /** Takes the next cell; null is a missing value. */
  add(cell: string | null): void {
    if (cell === null) {
      this.missing++;
      return;
    }
    this.count++;
    if (this.allNumbers) this.addNumber(cell);
    if (this.allBooleans && parseBoolean(cell) === null) this.allBooleans = false;
    const value = categoryOf(cell);
    this.distinct.add(value);
    if (this.examples.length < exampleCount) this.addExample(value);
  }

  profile(): ColumnProfile {
    const { name, missing, count, allNumbers, allBooleans } = this;
    const values = this.distinctValues();
    const distinct = values?.size ?? null;
    const kind = kindOf({ count, distinct, allNumbers, allBooleans });
    const isNumber = kind === ColumnKind.NUMBER;
    const integer = isNumber && this.moments.integer;
    return {
      name,
      kind,
      missing,
      distinct,
      distinctExceeded: distinct === null,
      integer,
      ...(isNumber ? this.moments.summary() : noNumbers),
      categories: values && canBeClasses(kind, integer, values.size) ? mostFrequent(values) : [],
      examples: this.examples,
    };
  }

  private addNumber(cell: string): void {
    const value = parseNumber(cell);
    if (value === null) this.allNumbers = false;
    else this.moments.add(value);
  }

  private addExample(value: string): void {
    const example = cut(value, exampleLength);
    if (!this.examples.includes(example)) this.examples.push(ownCopy(example));
  }

  /** `1`, `1.0` and `+1` are one value of a column of numbers; only at the end is it known to be one. */
  private distinctValues(): ReadonlyMap<string, number> | null {
    const { values } = this.distinct;
    if (!values || !this.allNumbers) return values;
    const byNumber = new Map<string, number>();
    for (const [text, count] of values) {
      const key = String(parseNumber(text));
      byNumber.set(key, (byNumber.get(key) ?? 0) + count);
    }
    return byNumber;
  }
}

/** Half a surrogate pair is no character, and Postgres refuses it in JSON. */
function cut(value: string, length: number): string {
  const start = value.slice(0, length);
  return start.isWellFormed() ? start : start.slice(0, -1);
}

function canBeClasses(kind: ColumnKind, integer: boolean, distinct: number): boolean {
  if (kind === ColumnKind.NUMBER) return integer && distinct <= mostCategories;
  return kind === ColumnKind.CATEGORY || kind === ColumnKind.BOOLEAN;
}

const mostFrequent = (values: ReadonlyMap<string, number>): CategoryCount[] =>
  [...values]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, mostCategories);
