// The schema that mercurius and Yoga serve: the part of our graph that the benchmark asks for, in our names.

export const typeDefs = /* GraphQL */ `
  scalar DateTime
  enum ModelType { CLASSIFICATION REGRESSION }
  enum TrainingJobStatus { QUEUED RUNNING SUCCEEDED FAILED CANCELLED }
  type PageInfo { hasNextPage: Boolean! }
  type Viewer { id: ID! user: User }
  type User { id: ID! name: String! email: String! role: String! }
  type ModelVersion { id: ID! number: String! sha256: String! createdAt: DateTime! }
  type TrainingJob { id: ID! status: TrainingJobStatus! seed: Int! createdAt: DateTime! }
  type ModelVersionConnection { nodes: [ModelVersion!]! pageInfo: PageInfo! }
  type TrainingJobConnection { nodes: [TrainingJob!]! pageInfo: PageInfo! }
  type ModelConnection { nodes: [Model!]! pageInfo: PageInfo! }
  type Model {
    id: ID!
    name: String!
    type: ModelType!
    createdAt: DateTime!
    owner: User
    latestTrainingJob: TrainingJob
    versions(first: Int = 20): ModelVersionConnection!
    trainingJobs(first: Int = 20): TrainingJobConnection!
  }
  type Query {
    models(first: Int = 20): ModelConnection!
    viewer: Viewer!
  }
`;

/**
 * A page of rows that were read with one more than it holds.
 * @template Row @param {Row[]} rows @param {number} first
 */
export const pageOf = (rows, first) => ({
  nodes: rows.length > first ? rows.slice(0, first) : rows,
  pageInfo: { hasNextPage: rows.length > first },
});
