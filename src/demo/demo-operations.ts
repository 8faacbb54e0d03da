/** What of the demo is there already, by the names it goes by. */
export const stateQuery = /* GraphQL */ `
  query ($from: DateTime!, $to: DateTime!) {
    datasets(first: 100) { nodes { id name status } }
    models(filter: { nameContains: "penguin-species" }, first: 100) {
      nodes {
        id
        name
        deployments { environment }
        latestTrainingJob { id status version { number } }
      }
    }
    usage(from: $from, to: $to) { lines { meter quantity } }
  }
`;

export interface DemoState {
  datasets: { nodes: { id: string; name: string; status: string }[] };
  models: {
    nodes: {
      id: string;
      name: string;
      deployments: { environment: string }[];
      latestTrainingJob: { id: string; status: string; version: { number: string } | null } | null;
    }[];
  };
  usage: { lines: { meter: string; quantity: number }[] };
}

export const createDataset = /* GraphQL */ `
  mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }
`;

export const createModel = /* GraphQL */ `
  mutation ($input: CreateModelInput!) { createModel(input: $input) { model { id } } }
`;

export const startTraining = /* GraphQL */ `
  mutation ($input: StartTrainingInput!) { startTraining(input: $input) { trainingJob { id } } }
`;

export const trainingProgress = /* GraphQL */ `
  subscription ($jobId: ID!) { trainingProgress(jobId: $jobId) { status epoch epochs } }
`;

export interface DemoProgress {
  trainingProgress: { status: string; epoch: number; epochs: number };
}

export const deployModel = /* GraphQL */ `
  mutation ($input: DeployModelInput!) { deployModel(input: $input) { deployment { id } } }
`;

export const predict = /* GraphQL */ `
  mutation ($input: PredictInput!) { predict(input: $input) { predictions { label } } }
`;

export const createApiKey = /* GraphQL */ `
  mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }
`;
