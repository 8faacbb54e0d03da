/** Ids by the variables that take them. */
export type Ids = Record<string, string>;

/** The variable that takes an id, by what the id says of itself: `job_…` goes to `jobId`. */
export const nameOf = (id: string): string => `${id.slice(0, id.lastIndexOf("_"))}Id`;

/** Mutations that make something; only their answers move the journey on. */
const making = /^(create|start|deploy)[A-Z]/;

/** The ids of the things that an answer says were made. */
export function idsIn(response: string): Ids {
  const ids: Ids = {};
  for (const [field, payload] of entriesOf(entriesOf(parsed(response)).find(([key]) => key === "data")?.[1]))
    if (making.test(field))
      for (const [, thing] of entriesOf(payload))
        for (const [key, id] of entriesOf(thing))
          if (key === "id" && typeof id === "string") ids[nameOf(id)] = id;
  return ids;
}

/** The variables' text with the ids put where they are named; text that is not JSON is left as it is. */
export function fill(variables: string | null | undefined, ids: Ids): string | null | undefined {
  const values = Object.fromEntries(entriesOf(parsed(variables ?? "")));
  const known = Object.entries(ids).filter(([name, id]) => name in values && values[name] !== id);
  return known.length ? JSON.stringify({ ...values, ...Object.fromEntries(known) }, null, 2) : variables;
}

/** The same, but only where the variable is still empty: what a person has put there is not touched. */
export function fillEmpty(variables: string | null | undefined, ids: Ids): string | null | undefined {
  const empty = new Set(
    entriesOf(parsed(variables ?? "")).flatMap(([name, value]) => (value === "" ? [name] : [])),
  );
  return fill(variables, Object.fromEntries(Object.entries(ids).filter(([name]) => empty.has(name))));
}

type Page<Node> = { nodes: Node[] };

/** See operations/newest.graphql. */
export interface Newest {
  models: Page<{ id: string; deployments: unknown[] }>;
  datasets: Page<{ id: string }>;
  trainingJobs: Page<{ id: string }>;
}

/** One id of each kind: the newest, and of models rather one that answers predictions. */
export function idsOf({ models, datasets, trainingJobs }: Newest): Ids {
  const model = models.nodes.find(({ deployments }) => deployments.length > 0) ?? models.nodes[0];
  const things = [model, datasets.nodes[0], trainingJobs.nodes[0]].filter((thing) => thing !== undefined);
  return Object.fromEntries(things.map(({ id }) => [nameOf(id), id]));
}

/** Variables may hold comments or be half typed; neither is an error here, only nothing to go by. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const entriesOf = (value: unknown): [string, unknown][] =>
  value && typeof value === "object" ? Object.entries(value) : [];
