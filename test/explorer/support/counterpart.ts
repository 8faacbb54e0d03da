import { setTimeout as delay } from "node:timers/promises";
import { buildSchema, GraphQLError } from "graphql";

/** The part of Tenfold's graph that the explorer itself depends on, with the contract's names. */
export const schema = buildSchema(`
  type Query { viewer: Viewer!, tenant: Tenant! }
  type Viewer { user: User, apiKey: ApiKey, roles: [String!]!, permissions: [String!]!, tenant: Tenant }
  type User { id: ID!, name: String!, email: String! }
  type ApiKey { name: String! }
  type Tenant { id: ID!, slug: String!, name: String! }
  type Mutation {
    signIn(input: SignInInput!): SignInPayload!
    refreshSession(input: RefreshSessionInput!): SignInPayload!
    signOut: SignOutPayload!
    createModel(input: CreateModelInput!): CreateModelPayload!
    startTraining(input: StartTrainingInput!): StartTrainingPayload!
  }
  input SignInInput { email: String!, password: String! }
  input RefreshSessionInput { refreshToken: String! }
  type SignInPayload { accessToken: String, refreshToken: String, expiresAt: String }
  type SignOutPayload { ok: Boolean! }
  enum ModelType { CLASSIFICATION REGRESSION }
  input CreateModelInput { name: String!, type: ModelType!, target: String }
  type CreateModelPayload { model: Model! }
  type Model { id: ID!, name: String! }
  input HyperparametersInput { epochs: Int, batchSize: Int, learningRate: Float }
  input StartTrainingInput { modelId: ID!, datasetId: ID!, seed: Int, hyperparameters: HyperparametersInput }
  type StartTrainingPayload { job: TrainingJob! }
  type TrainingJob { id: ID!, status: String! }
  type Subscription { trainingProgress(jobId: ID!): TrainingProgress! }
  type TrainingProgress {
    epoch: Int!, epochs: Int!, loss: Float, accuracy: Float, valLoss: Float, valAccuracy: Float, etaMs: Int, status: String!
  }
`);

export const owner = { tenant: "demo", email: "ada@demo.example", password: "correct horse battery" };
export const apiKey = "tfk_for_the_explorer";
const tenant = { id: "tenant_1", slug: "demo", name: "Demo" };

/** Sessions with short-lived access tokens and refresh tokens that work once, as Tenfold's do. */
export class Counterpart {
  /** Life of the access token that a sign-in gives, in milliseconds; a renewed one outlives any test. */
  firstLifeMs = 900_000;
  refreshes = 0;
  introspections = 0;
  #issued = 0;
  #accessTokens = new Map<string, number>([[apiKey, Infinity]]);
  #refreshTokens = new Set<string>();

  /** Ends every access token at once, as a revocation does; refresh tokens live on. */
  revokeAccess(): void {
    for (const token of this.#accessTokens.keys()) if (token !== apiKey) this.#accessTokens.delete(token);
  }

  revokeSessions(): void {
    this.revokeAccess();
    this.#refreshTokens.clear();
  }

  accepts(authorization: unknown): boolean {
    const token = typeof authorization === "string" ? authorization.replace(/^Bearer /, "") : "";
    return (this.#accessTokens.get(token) ?? 0) > Date.now();
  }

  /** The root resolvers for one request with these credentials. */
  root(authorization: unknown, tenantHeader?: unknown) {
    const signedIn = () => {
      if (!this.accepts(authorization)) throw refused("Sign in first.");
    };
    return {
      viewer: () => (signedIn(), viewerOf(authorization)),
      tenant: () => (signedIn(), tenant),
      signIn: ({ input }: { input: { email: string; password: string } }) =>
        this.#signIn(input, tenantHeader),
      refreshSession: ({ input }: { input: { refreshToken: string } }) => this.#refresh(input.refreshToken),
      signOut: () => (signedIn(), this.revokeSessions(), { ok: true }),
      createModel: ({ input }: { input: { name: string } }) => (
        signedIn(), { model: { id: "model_7", ...input } }
      ),
      startTraining: () => (signedIn(), { job: { id: "job_9", status: "QUEUED" } }),
      trainingProgress: ({ jobId }: { jobId: string }) => (signedIn(), training(jobId)),
    };
  }

  #signIn(input: { email: string; password: string }, slug: unknown) {
    const known = slug === owner.tenant && input.email === owner.email && input.password === owner.password;
    if (!known) throw refused("E-mail or password is wrong.");
    return this.#tokens(this.firstLifeMs);
  }

  #refresh(refreshToken: string) {
    if (!this.#refreshTokens.delete(refreshToken)) throw refused("The session has ended.");
    this.refreshes += 1;
    return this.#tokens(900_000);
  }

  #tokens(lifeMs: number) {
    this.#issued += 1;
    const [accessToken, refreshToken] = [`access-${this.#issued}`, `refresh-${this.#issued}`];
    const ends = Date.now() + lifeMs;
    this.#accessTokens.set(accessToken, ends);
    this.#refreshTokens.add(refreshToken);
    return { accessToken, refreshToken, expiresAt: new Date(ends).toISOString() };
  }
}

const refused = (message: string) => new GraphQLError(message, { extensions: { code: "UNAUTHENTICATED" } });

const viewerOf = (authorization: unknown) =>
  String(authorization).endsWith(apiKey)
    ? { apiKey: { name: "robot" }, roles: ["MEMBER"], permissions: ["model:predict"], tenant }
    : {
        user: { id: "user_1", name: "Ada Example", email: owner.email },
        roles: ["OWNER"],
        permissions: ["model:create"],
        tenant,
      };

/** Forty epochs of a training that learns and flattens out. */
async function* training(jobId: string) {
  if (jobId !== "job_9")
    throw new GraphQLError("There is no such thing here.", { extensions: { code: "NOT_FOUND" } });
  const epochs = 40;
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    await delay(20);
    const loss = Math.exp(-epoch / 9) + 0.05;
    const accuracy = 1 - loss / 2;
    const status = epoch === epochs ? "SUCCEEDED" : "RUNNING";
    const measured = { loss, accuracy, valLoss: loss * 1.15, valAccuracy: accuracy - 0.03 };
    yield { trainingProgress: { epoch, epochs, ...measured, etaMs: (epochs - epoch) * 20, status } };
  }
}
