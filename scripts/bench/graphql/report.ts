import { figure } from "../../support/figures.js";
import type { Report, Turns } from "./compare.js";
import { middle, ratioOf, type Turn } from "./rounds.js";
import type { Scenario, ServerName } from "./scenarios.js";

/** `value` and `baseline` are medians over rounds; the ratio is the median of the rounds' own ratios. */
function compared(
  name: string,
  unit: string,
  ours: readonly Turn[],
  theirs: readonly Turn[],
  measure: (turn: Turn) => number,
): ReturnType<typeof figure> {
  const plain = figure(name, measure(middle(ours)), unit, measure(middle(theirs)));
  return { ...plain, ratio: figure(name, ratioOf(ours, theirs, measure), "").value };
}

/** Ours against each server that took part: throughput and CPU a request. Without ours, the servers by themselves. */
export function reportTurns({ name }: Scenario, turns: Turns, report: Report): void {
  const ours = turns.get("tenfold");
  for (const [server, theirs] of turns) {
    if (!ours || server === "tenfold") continue;
    const prefix = `graphql.${name}.vs-${server}`;
    report(compared(prefix, "requests/s", ours, theirs, ({ perSecond }) => perSecond));
    report(compared(`${prefix}.cpu`, "ms/request", ours, theirs, ({ cpuMs }) => cpuMs));
  }
  console.error(table(name, turns));
}

const columns = ["requests/s", "p50 ms", "p99 ms", "CPU ms", "Postgres ms"];

/** For a person who watches; the figures are the lines on standard output. */
function table(name: string, turns: Turns): string {
  const rows = [...turns].map(([server, measured]) => rowOf(server, middle(measured)));
  return [[name, ...columns], ...rows]
    .map(([first = "", ...rest]) => first.padEnd(14) + rest.map((cell) => cell.padStart(13)).join(""))
    .join("\n");
}

const rowOf = (server: ServerName, turn: Turn): string[] => [
  server,
  turn.perSecond.toFixed(0),
  turn.p50.toFixed(2),
  turn.p99.toFixed(2),
  turn.cpuMs.toFixed(3),
  turn.databaseMs?.toFixed(3) ?? "—",
];
