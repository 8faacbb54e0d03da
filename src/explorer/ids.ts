type Ids = Record<string, string>;

/** Mutations that make something; only their answers move the journey on. */
const making = /^(create|start|deploy)[A-Z]/;

/** The ids of the things that an answer says were made, by what they say of themselves: `job_…` gives `jobId`. */
export function idsIn(response: string): Ids {
  const ids: Ids = {};
  for (const [field, payload] of entriesOf(entriesOf(parsed(response)).find(([key]) => key === "data")?.[1]))
    if (making.test(field))
      for (const [, thing] of entriesOf(payload))
        for (const [key, id] of entriesOf(thing))
          if (key === "id" && typeof id === "string") ids[`${id.slice(0, id.lastIndexOf("_"))}Id`] = id;
  return ids;
}

/** The variables' text with the ids put where they are named; text that is not JSON is left as it is. */
export function fill(variables: string | null | undefined, ids: Ids): string | null | undefined {
  const values = Object.fromEntries(entriesOf(parsed(variables ?? "")));
  const known = Object.entries(ids).filter(([name, id]) => name in values && values[name] !== id);
  return known.length ? JSON.stringify({ ...values, ...Object.fromEntries(known) }, null, 2) : variables;
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
