import type { GraphiQLProps } from "graphiql";

type Tab = NonNullable<GraphiQLProps["defaultTabs"]>[number];

/** One tab a document, in the order of their file names; a JSON file of the same name holds its variables. */
const documents = import.meta.glob<string>("./journey/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const variables = import.meta.glob<string>("./journey/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

const monthStart = (offset: number, now = new Date()): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString();

/** Periods that a file can't know: the present month, in UTC as the server counts it. */
const withDates = (text: string): string =>
  text.replace("{{month-start}}", monthStart(0)).replace("{{month-end}}", monthStart(1));

export const journey: Tab[] = Object.keys(documents)
  .sort()
  .map((path) => {
    const own = variables[path.replace(/\.graphql$/, ".json")];
    // Without variables an empty editor would keep the text of the tab before.
    return { query: documents[path] ?? "", variables: own ? withDates(own).trim() : "" };
  });
