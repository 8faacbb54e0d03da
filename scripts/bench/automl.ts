import { ended, type ReferenceName, references, start, subject } from "../../test/rooms/automl/support.js";
import { World } from "../../test/support/world.js";
import { type Figure, figure } from "../support/figures.js";
import type { Bench, Target } from "../support/programs.js";

const names = Object.keys(references) as ReferenceName[];
const metricOf = (name: ReferenceName): "r2" | "accuracy" =>
  references[name].type === "REGRESSION" ? "r2" : "accuracy";
const titleOf = (name: ReferenceName): string => `automl-${name}-${metricOf(name)}`;

/** No worse than the best of scikit-learn's models on the same rows, less what chance makes of so few. */
const tolerance = 0.02;
const targets = Object.fromEntries(
  names.map((name): [string, Target] => [
    titleOf(name),
    { of: "value", atLeast: references[name].best - tolerance },
  ]),
);

/** A search through the graph, as a caller makes it; its winner on the test rows, which it never saw. */
async function search(world: World, name: ReferenceName, quick: boolean, report: (figure: Figure) => void) {
  const tenant = await world.tenant(`bench-${name}`);
  const input = { ...(await subject(tenant.owner, name)), trialLimit: quick ? 6 : 16, timeLimitSeconds: 600 };
  const run = await ended(tenant.owner, await start(tenant.owner, input));
  if (run.status !== "SUCCEEDED") throw new Error(`${name}: ${JSON.stringify(run.failure)}`);
  report(figure(titleOf(name), run.version.metrics[metricOf(name)], metricOf(name), references[name].best));
  report(figure(`automl-${name}-validation`, run.winner.score, metricOf(name)));
  report(figure(`automl-${name}-seconds`, run.progress.elapsedMs / 1_000, "s"));
  console.error(`${name}: ${run.winner.reason}`);
}

export const program: Bench = {
  summary:
    "what AutoML reaches on public data sets with default settings, against scikit-learn's best, and how long it takes",
  parts: names,
  targets,
  async run(report, { only, quick }) {
    const world = await World.start();
    for (const name of names)
      if (only.length === 0 || only.includes(name)) await search(world, name, quick, report);
    await world.stop();
  },
};
