import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp } from "../../src/app.js";
import { type Config, loadConfig } from "../../src/kernel/config.js";
import { Client } from "./client.js";
import { type Cluster, masterKey, sharedCluster } from "./cluster.js";

const operatorPassword = "the operator of all tests";
export const ownerPassword = "plain vanilla ice cream";

/** A tenant of a world, with its owner signed in. */
export interface TenantOfWorld {
  id: string;
  slug: string;
  /** The schema in the database, which only tests as an administrator look into. */
  schema: string;
  owner: Client;
  /** Somebody new of this role, signed in. */
  person: (role: "OWNER" | "ADMIN" | "MEMBER" | "VIEWER") => Promise<Client>;
  /** An API key with these scopes. */
  apiKey: (scopes: string[], more?: object) => Promise<Client>;
}

/** A running Tenfold on a database of its own, over real HTTP. */
export class World {
  #people = 0;

  private constructor(
    readonly app: App,
    readonly cluster: Cluster,
    readonly databaseUrl: string,
    private readonly directory: string,
  ) {}

  /** On a database of its own, or beside the world whose database is given, as a second process would be. */
  static async start(changes: Partial<Config> = {}, beside?: World): Promise<World> {
    const cluster = await sharedCluster();
    const databaseUrl = beside?.databaseUrl ?? (await cluster.database());
    const directory = mkdtempSync(join(tmpdir(), "tenfold-world-"));
    const config = loadConfig({
      PORT: "0",
      DATABASE_URL: databaseUrl,
      TENFOLD_DATA: directory,
      TENFOLD_MASTER_KEY: masterKey,
      TENFOLD_OPERATOR_PASSWORD: operatorPassword,
      TENFOLD_WARM_TENANTS: "0",
      TENFOLD_POOL_SIZE: "10",
      TENFOLD_TRAINING_PROCESSES: "1",
      // Most worlds train little or nothing, and each would warm a process up that nobody asks for.
      TENFOLD_TRAINING_SPARES: "0",
      TENFOLD_LOG_LEVEL: process.env.TENFOLD_LOG_LEVEL ?? "fatal",
    });
    // No caller of a spec has to be answered first, and many trainings at once on a quarter of the processors take long.
    const app = await createApp({ ...config, trainingProcessors: null, ...changes });
    return new World(app, cluster, databaseUrl, directory);
  }

  get url(): string {
    return this.app.url;
  }

  /** Nobody in particular, of a tenant where a slug is given. */
  anonymous(slug?: string): Client {
    return new Client(this.url, slug === undefined ? {} : { "x-tenant": slug });
  }

  operator(): Promise<Client> {
    return this.anonymous().signIn("operator@tenfold.local", operatorPassword);
  }

  async tenant(slug: string, plan = "CUSTOM"): Promise<TenantOfWorld> {
    const operator = await this.operator();
    const email = `owner@${slug}.test`;
    const owner = { email, name: `Owner of ${slug}`, password: ownerPassword };
    const { createTenant } = await operator.get(
      "mutation ($input: CreateTenantInput!) { createTenant(input: $input) { tenant { id } } }",
      { input: { slug, name: slug, plan, owner } },
    );
    const id: string = createTenant.tenant.id;
    const client = await this.anonymous(slug).signIn(email, ownerPassword);
    const [row] = await this.admin<{ name: string }>(
      "select name from control.tenant_schema where tenant_id = $1",
      [id],
    );
    return {
      id,
      slug,
      schema: row?.name ?? "",
      owner: client,
      person: (role) => this.#person(client, slug, role),
      apiKey: (scopes, more) => this.#apiKey(client, scopes, more),
    };
  }

  async #person(owner: Client, slug: string, role: string): Promise<Client> {
    this.#people += 1;
    const input = { email: `person-${this.#people}@${slug}.test`, name: `Person ${this.#people}`, role };
    const { inviteUser } = await owner.get(
      "mutation ($input: InviteUserInput!) { inviteUser(input: $input) { invitationToken } }",
      { input },
    );
    const { acceptInvitation: tokens } = await this.anonymous().get(
      "mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { accessToken refreshToken } }",
      { input: { invitationToken: inviteUser.invitationToken, password: "another sort of ice cream" } },
    );
    return new Client(this.url, { authorization: `Bearer ${tokens.accessToken}` }, tokens);
  }

  async #apiKey(owner: Client, scopes: string[], more: object = {}): Promise<Client> {
    const { createApiKey } = await owner.get(
      "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }",
      { input: { name: "a key", scopes, ...more } },
    );
    return new Client(this.url, { authorization: `Bearer ${createApiKey.secret}` });
  }

  /** SQL on this world's database as the superuser. */
  admin<Row extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]> {
    return this.cluster.execute<Row>(sql, values, this.databaseUrl);
  }

  async stop(): Promise<void> {
    await this.app.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
