import { expect } from "chai";
import { type GraphQLField, type GraphQLSchema, isObjectType } from "graphql";
import { detachedSchema } from "../../../../scripts/detached-house.js";

type AnyField = GraphQLField<unknown, unknown>;

/** Types that only mutations and subscriptions answer with. */
const isPayload = (name: string): boolean => /Payload$|^(?:__|Mutation$|Subscription$)/.test(name);

function fieldsOf(schema: GraphQLSchema): [place: string, field: AnyField][] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !isPayload(type.name)
      ? Object.values(type.getFields()).map((field): [string, AnyField] => [
          `${type.name}.${field.name}`,
          field,
        ])
      : [],
  );
}

/** A field that moves from one list to the other has changed how its operations are read: say so here. */
describe("what is not planned", () => {
  let fields: [place: string, field: AnyField][];
  before(async () => {
    fields = fieldsOf(await detachedSchema());
  });
  const named = (wanted: (place: string, field: AnyField) => unknown): string[] =>
    fields.flatMap(([place, field]) => (wanted(place, field) ? [place] : [])).sort();

  it("are these root fields, which are left to their resolvers", () => {
    expect(named((place, { extensions }) => place.startsWith("Query.") && !extensions["read"])).to.deep.equal(
      [
        "Query.architectures",
        "Query.compareDatasets",
        "Query.findTenant",
        "Query.hyperparameters",
        "Query.node",
        "Query.tenant",
        "Query.usage",
        "Query.validateArchitecture",
        "Query.verifyAuditTrail",
        "Query.viewer",
      ],
    );
  });

  it("are these computed fields, ahead of which the rows are read", () => {
    expect(named((_, { extensions }) => extensions["computed"] && !extensions["read"])).to.deep.equal([
      "AutomlRun.progress",
      "AutomlRun.split",
      "AutomlRun.winner",
      "AutomlWinner.trial",
      "AutomlWinner.version",
      "BatchPrediction.progress",
      "Dataset.columns",
      "Dataset.preview",
      "Dataset.status",
      "Dataset.targetBalance",
      "Dataset.warnings",
      "Deployment.health",
      "ModelVersion.hyperparameters",
      "ModelVersion.modelCard",
      "TrainingJob.fromVersion",
      "TrainingJob.progress",
      "TrainingJob.split",
      "TrainingJob.trainableLayers",
      "Viewer.can",
    ]);
  });

  it("leaves these to a statement, whole", () => {
    expect(named((_, { extensions }) => extensions["read"])).to.deep.equal([
      "AutomlRun.dataset",
      "AutomlRun.model",
      "AutomlRun.trials",
      "AutomlRun.version",
      "BatchPrediction.dataset",
      "BatchPrediction.model",
      "BatchPrediction.version",
      "Dataset.parent",
      "Deployment.canary",
      "Deployment.model",
      "Deployment.version",
      "DeploymentChange.by",
      "DeploymentChange.model",
      "DeploymentChange.version",
      "Model.automlRuns",
      "Model.deploymentHistory",
      "Model.deployments",
      "Model.latestTrainingJob",
      "Model.owner",
      "Model.trainingJobs",
      "Model.versions",
      "ModelVersion.dataset",
      "ModelVersion.evaluation",
      "ModelVersion.model",
      "ModelVersion.parent",
      "ModelVersion.trainingJob",
      "Query.apiKeys",
      "Query.auditEvents",
      "Query.automlRun",
      "Query.automlRuns",
      "Query.batchPrediction",
      "Query.batchPredictions",
      "Query.dataset",
      "Query.datasets",
      "Query.model",
      "Query.models",
      "Query.persistedOperations",
      "Query.sessions",
      "Query.tenants",
      "Query.trainingJob",
      "Query.trainingJobs",
      "Query.users",
      "TrainingJob.dataset",
      "TrainingJob.history",
      "TrainingJob.model",
      "TrainingJob.version",
      "Viewer.apiKey",
      "Viewer.tenant",
      "Viewer.user",
    ]);
  });
});
