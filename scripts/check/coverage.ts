import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { root } from "../root.js";

const share = z.object({ total: z.number(), covered: z.number(), pct: z.number() });
const summary = z.record(z.string(), z.object({ lines: share, branches: share }));
const details = z.record(
  z.string(),
  z.object({
    b: z.record(z.string(), z.array(z.number())),
    branchMap: z.record(z.string(), z.object({ loc: z.object({ start: z.object({ line: z.number() }) }) })),
  }),
);
const goals = z.object({
  /** False while the goals are still being filled: what is missed is told but fails nothing. */
  strict: z.boolean(),
  /** Percent of all lines. */
  lines: z.number(),
  /** Files of which every branch must have been taken, by subject. */
  wholeBranches: z.record(z.string(), z.array(z.string())),
});

type Summary = z.infer<typeof summary>;
type Details = z.infer<typeof details>;
type Goals = z.infer<typeof goals>;

/** What the last run of the specs covered, file by file, by paths of the checkout. */
export interface Coverage {
  readonly summary: Summary;
  readonly details: Details;
}

const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));

const inCheckout = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([path, value]) => [relative(root, path), value]));

export function readCoverage(): Coverage {
  const { total, ...files } = summary.parse(read("coverage/coverage-summary.json"));
  const byPath = inCheckout(files);
  return {
    summary: total ? { ...byPath, total } : byPath,
    details: inCheckout(details.parse(read("coverage/coverage-final.json"))),
  };
}

export const readGoals = (): Goals => goals.parse(read("scripts/coverage-goals.json"));

/** Each goal that is missed, as a sentence with the place. */
export function misses(
  { summary: files, details: places }: Coverage,
  { lines, wholeBranches }: Goals,
): string[] {
  const found: string[] = [];
  const reached = files["total"]?.lines.pct ?? 0;
  if (reached < lines) found.push(`${reached} % of all lines are covered; the goal is ${lines} %`);
  for (const [subject, paths] of Object.entries(wholeBranches))
    for (const path of paths) {
      const branches = files[path]?.branches;
      if (branches && branches.covered === branches.total && branches.total > 0) continue;
      const open = untaken(places, path).join(", ");
      found.push(`${subject}: ${path} has branches no spec takes, at lines ${open || "all"}`);
    }
  return found;
}

/** First lines of the branches never taken. */
function untaken(places: Details, path: string): number[] {
  const { b = {}, branchMap = {} } = places[path] ?? {};
  const open = Object.entries(b).filter(([, counts]) => counts.includes(0));
  const starts = open.map(([id]) => branchMap[id]?.loc.start.line ?? 0);
  return [...new Set(starts)].sort((one, other) => one - other);
}

/** Rooms and kernel folders with their covered lines, the least covered first. */
export function table({ summary: files }: Coverage): string {
  const folders = new Map<string, { total: number; covered: number }>();
  for (const [path, { lines }] of Object.entries(files)) {
    const folder =
      path === "total"
        ? "total"
        : path
            .split("/")
            .slice(0, 3)
            .join("/")
            .replace(/\/[^/]+\.ts$/, "");
    const sum = folders.get(folder) ?? { total: 0, covered: 0 };
    folders.set(folder, { total: sum.total + lines.total, covered: sum.covered + lines.covered });
  }
  const percent = ({ total, covered }: { total: number; covered: number }): number => (100 * covered) / total;
  const rows = [...folders].sort(([a, one], [b, other]) =>
    a === "total" ? 1 : b === "total" ? -1 : percent(one) - percent(other),
  );
  return rows.map(([name, sum]) => `  ${percent(sum).toFixed(1).padStart(5)} %  ${name}`).join("\n");
}
