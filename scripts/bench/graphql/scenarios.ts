/** The servers of the comparison. */
export const serverNames = ["tenfold", "postgraphile", "mercurius", "yoga", "bare"] as const;
export type ServerName = (typeof serverNames)[number];

/** A question put to all servers, each in the words of its own schema. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** Those that have the same schema as ours, in the part that is asked for, take our words. */
  readonly query: string;
  /** PostGraphile names relations after their columns, and a column `id`, whose name Relay's global ids take, `rowId`. */
  readonly postgraphile: string;
  /** Whether the bare server has a text of SQL for it. */
  readonly bare: boolean;
}

const list: Scenario = {
  name: "list",
  summary: "20 models with owner and latest training job",
  query: `query NestedList { models(first: 20) { nodes {
    id name type owner { id name email } latestTrainingJob { id status createdAt } } } }`,
  postgraphile: `query NestedList { models: allModels(first: 20, orderBy: ROW_ID_DESC) { nodes {
    id: rowId name type owner { id: rowId name email }
    latestTrainingJob: trainingJobsByModelIdList(first: 1, orderBy: ROW_ID_DESC) { id: rowId status createdAt } } } }`,
  bare: true,
};

const page: Scenario = {
  name: "page",
  summary: "a page of 100 models, each with a page of versions and a page of training jobs",
  query: `query Page { models(first: 100) { pageInfo { hasNextPage } nodes { id name type createdAt
    versions(first: 10) { pageInfo { hasNextPage } nodes { id number sha256 createdAt } }
    trainingJobs(first: 5) { pageInfo { hasNextPage } nodes { id status seed createdAt } } } } }`,
  postgraphile: `query Page { models: allModels(first: 100, orderBy: ROW_ID_DESC) { pageInfo { hasNextPage }
    nodes { id: rowId name type createdAt
      versions: modelVersionsByModelId(first: 10, orderBy: ROW_ID_DESC) {
        pageInfo { hasNextPage } nodes { id: rowId number sha256 createdAt } }
      trainingJobs: trainingJobsByModelId(first: 5, orderBy: ROW_ID_DESC) {
        pageInfo { hasNextPage } nodes { id: rowId status seed createdAt } } } } }`,
  bare: true,
};

const typename: Scenario = {
  name: "typename",
  summary: "{ __typename }, what a request costs by itself",
  query: "{ __typename }",
  postgraphile: "{ __typename }",
  bare: false,
};

const viewer: Scenario = {
  name: "viewer",
  summary: "{ viewer { id } }, which no server asks its database for",
  query: "{ viewer { id } }",
  postgraphile: "{ viewer { id } }",
  bare: false,
};

const viewerRow: Scenario = {
  name: "viewer-row",
  summary: "the viewer's own row, the cheapest question that a database is asked",
  query: "{ viewer { user { id name email role } } }",
  postgraphile: "{ viewer { user { id: rowId name email role } } }",
  bare: false,
};

export const scenarios: readonly Scenario[] = [list, page, typename, viewer, viewerRow];

/** Where the question goes and what is sent; PostGraphile's own words, ours for all others. */
export function operationOf(scenario: Scenario, server: ServerName): { path: string; body: string } {
  const query = server === "postgraphile" ? scenario.postgraphile : scenario.query;
  const path = server === "bare" ? `/${scenario.name}` : "/graphql";
  return { path, body: JSON.stringify({ query }) };
}

export const takesPart = (scenario: Scenario, server: ServerName): boolean =>
  server !== "bare" || scenario.bare;
