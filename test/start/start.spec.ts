import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import type { DemoFile } from "../../src/demo/demo-file.js";
import { dataFolder, isAlive, postgresOf, removeDataFolders, Server } from "./server.js";

interface Kept {
  email: string;
  password: string;
}

const kept = (folder: string, name: string): Kept =>
  JSON.parse(readFileSync(join(folder, name), "utf8")) as Kept;

const keptDemo = (folder: string): DemoFile => kept(folder, "demo.json") as DemoFile;

const always = { from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z" };

/** Everything of the demo tenant that a second start could have changed. */
async function demoFacts(server: Server, folder: string): Promise<Record<string, unknown>> {
  const { tenant, email, password } = keptDemo(folder);
  const owner = await server.client.with({ "x-tenant": tenant }).signIn(email, password);
  return owner.get(
    `query ($from: DateTime!, $to: DateTime!) {
      viewer { roles tenant { slug plan } }
      datasets { nodes { id name status rowCount } }
      models { nodes {
        id name target
        deployments { environment version { number metrics { accuracy } } }
        trainingJobs { nodes { id status } }
      } }
      usage(from: $from, to: $to) { lines { meter quantity events } }
      apiKeys { nodes { id } }
    }`,
    always,
  );
}

describe("npm start", function () {
  this.timeout(120_000);
  const servers: Server[] = [];
  /** With a database and without a demo, for what any folder shows: setting one up takes longer than a start. */
  const settled = dataFolder();
  const start = async (variables: Record<string, string>): Promise<Server> => {
    const server = await Server.ready(variables);
    servers.push(server);
    return server;
  };
  const endAll = () => Promise.all(servers.splice(0).map((server) => server.end("SIGINT")));
  /** Only one server at a time may have the folder, so the one before is ended. */
  const startSettled = async (variables: Record<string, string>): Promise<Server> => {
    await endAll();
    return start({ TENFOLD_DATA: settled, ...variables });
  };
  after(async () => {
    await endAll();
    removeDataFolders();
  });

  describe("on an empty data folder", () => {
    const folder = dataFolder();
    let server: Server;
    let facts: Record<string, unknown>;
    before(async () => {
      server = await start({ TENFOLD_DATA: folder });
      facts = await demoFacts(server, folder);
    });

    it("makes the operator, whose password is shown, kept, and good", async () => {
      const { email, password } = kept(folder, "operator.json");
      expect(statSync(join(folder, "operator.json")).mode & 0o777).to.equal(0o600);
      expect(server.output).to.include(email).and.to.include(password);
      const operator = await server.client.signIn(email, password);
      const { tenants } = await operator.get("{ tenants { nodes { slug plan } } }");
      expect(tenants.nodes).to.deep.equal([{ slug: "demo", plan: "PROFESSIONAL" }]);
    });

    it("makes a demo tenant with real data, a deployed model and a few predictions", () => {
      const { datasets, models, usage } = facts as {
        datasets: { nodes: object[] };
        models: {
          nodes: { deployments: { environment: string; version: { metrics: { accuracy: number } } }[] }[];
        };
        usage: { lines: { meter: string; quantity: number }[] };
      };
      expect(datasets.nodes[0]).to.include({ name: "Palmer penguins", status: "READY", rowCount: 344 });
      const [deployment] = models.nodes[0]?.deployments ?? [];
      expect(deployment?.environment).to.equal("PRODUCTION");
      expect(deployment?.version.metrics.accuracy).to.be.at.least(0.96);
      expect(usage.lines.find(({ meter }) => meter === "PREDICTIONS")?.quantity).to.equal(3);
      expect(statSync(join(folder, "demo.json")).mode & 0o777).to.equal(0o600);
    });

    it("keeps what it prints for people apart from its logs", () => {
      const { password } = keptDemo(folder);
      expect(server.output).to.include(password);
      expect(server.errors).not.to.include(password);
      for (const line of server.errors.trim().split("\n").filter(Boolean))
        expect(JSON.parse(line)).to.be.an("object");
    });

    it("changes nothing at the second start, and shows no password again", async () => {
      expect(await server.end("SIGINT")).to.equal(0);
      server = await start({ TENFOLD_DATA: folder });
      expect(server.output).not.to.include("Preparing");
      for (const name of ["demo.json", "operator.json"]) {
        expect(server.output).not.to.include(kept(folder, name).password);
        expect(server.output).to.include(join(folder, name));
      }
      expect(await demoFacts(server, folder)).to.deep.equal(facts);
    });

    it("leaves deleted what was deleted", async () => {
      const { tenant, email, password, modelId } = keptDemo(folder);
      const owner = await server.client.with({ "x-tenant": tenant }).signIn(email, password);
      await owner.get(
        "mutation ($input: DeleteModelInput!) { deleteModel(input: $input) { deletedModelId } }",
        {
          input: { id: modelId },
        },
      );
      await server.end("SIGTERM");
      server = await start({ TENFOLD_DATA: folder });
      expect(((await demoFacts(server, folder)).models as { nodes: [] }).nodes).to.deep.equal([]);
    });

    it("refuses a second server on the same folder in one sentence", async () => {
      const second = new Server({ TENFOLD_DATA: folder });
      expect(await second.exited).to.equal(1);
      expect(second.errors.trim().split("\n")).to.have.length(1);
      expect(second.errors).to.match(/another Tenfold .* is running on this folder/i);
    });
  });

  describe("killed in the middle of the demo", () => {
    it("goes on with it at the next start, and at the one after: killed at the tenant, the dataset and the training", async () => {
      const folder = dataFolder();
      for (const moment of ["tenant", "dataset", "training"]) {
        const killed = new Server({ TENFOLD_DATA: folder });
        await killed.printed(new RegExp(`Preparing the demo: ${moment}`));
        await killed.end("SIGKILL");
      }
      const server = await start({ TENFOLD_DATA: folder });
      const { datasets, models, usage } = (await demoFacts(server, folder)) as {
        datasets: { nodes: object[] };
        models: { nodes: { deployments: object[]; trainingJobs: { nodes: object[] } }[] };
        usage: { lines: { meter: string; quantity: number }[] };
      };
      expect([datasets.nodes.length, models.nodes.length]).to.deep.equal([1, 1]);
      expect(models.nodes[0]?.deployments).to.have.length(1);
      expect(models.nodes[0]?.trainingJobs.nodes).to.have.length(1);
      expect(usage.lines.find(({ meter }) => meter === "PREDICTIONS")?.quantity).to.equal(3);
      expect(await server.end("SIGINT")).to.equal(0);
    });
  });

  describe("ending", () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      it(`drains at ${signal} and takes the database with it`, async () => {
        const server = await startSettled({ TENFOLD_DEMO: "off" });
        const postgres = postgresOf(settled) ?? 0;
        expect(isAlive(postgres)).to.equal(true);
        expect(await server.end(signal)).to.equal(0);
        expect(isAlive(postgres)).to.equal(false);
      });

    it("takes the two signals of one Ctrl-C through npm for one, and a later one for a second", async () => {
      const server = await startSettled({ TENFOLD_DEMO: "off" });
      void server.end("SIGINT");
      expect(await server.end("SIGINT")).to.equal(0);
    });

    it("leaves nothing behind a kill that the next start can't mend", async () => {
      const server = await startSettled({ TENFOLD_DEMO: "off" });
      expect(await server.end("SIGKILL")).to.equal(null);
      const next = await startSettled({ TENFOLD_DEMO: "off" });
      expect((await fetch(`${next.url}/readyz`)).status).to.equal(200);
    });
  });

  describe("a database lost while running", () => {
    it("is answered with UNAVAILABLE, and recovers by itself", async () => {
      const server = await startSettled({ TENFOLD_DEMO: "off" });
      const { email, password } = kept(settled, "operator.json");
      const operator = await server.client.signIn(email, password);
      const ask = async () => {
        const { data, errors } = await operator.send("{ tenants { nodes { slug } } }");
        return data ? "data" : String(errors?.[0]?.extensions?.["code"]);
      };
      process.kill(postgresOf(settled) ?? 0, "SIGQUIT");
      const seen = new Set<string>();
      while (!seen.has("UNAVAILABLE")) seen.add(await ask());
      for (let answer = await ask(); answer !== "data"; answer = await ask()) {
        seen.add(answer);
        await delay(100);
      }
      expect([...seen]).to.have.members(seen.has("data") ? ["data", "UNAVAILABLE"] : ["UNAVAILABLE"]);
      while ((await fetch(`${server.url}/readyz`)).status !== 200) await delay(100);
      expect(await server.end("SIGINT")).to.equal(0);
    });
  });

  describe("roles", () => {
    it("worker is looked at, not asked", async () => {
      const server = await startSettled({ TENFOLD_ROLE: "worker" });
      for (const path of ["/healthz", "/readyz", "/metrics"])
        expect((await fetch(server.url + path)).status, path).to.equal(200);
      for (const path of ["/graphql", "/graphiql/", "/"])
        expect((await fetch(server.url + path)).status, path).to.equal(404);
      expect(server.output).not.to.include("Preparing");
    });

    it("api serves, and makes no demo that it could not train", async () => {
      const server = await startSettled({ TENFOLD_ROLE: "api" });
      expect((await fetch(`${server.url}/graphiql/`)).status).to.equal(200);
      expect(server.output).not.to.include("Preparing").and.not.to.include("demo tenant");
    });
  });

  describe("says in a sentence what keeps it from starting", () => {
    before(endAll);
    const refused = async (variables: Record<string, string>): Promise<string> => {
      const server = new Server({ TENFOLD_DATA: dataFolder(), TENFOLD_DEMO: "off", ...variables });
      expect(await server.exited).to.equal(1);
      expect(server.errors).not.to.match(/^\s+at /m);
      return server.errors.trim();
    };

    it("a port in use", async () => {
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
      const { port } = taken.address() as AddressInfo;
      const said = await refused({ PORT: String(port), TENFOLD_DATA: settled });
      taken.close();
      expect(said).to.include(`Port ${port} of 127.0.0.1 is in use.`);
      expect(postgresOf(settled)).to.equal(null);
    });

    it("every fault of the configuration at once", async () => {
      const said = await refused({ PORT: "70000", TENFOLD_ROLE: "boss", DATABASE_URL: "mysql://x" });
      for (const name of ["PORT", "TENFOLD_ROLE", "DATABASE_URL"]) expect(said).to.include(name);
    });

    it("a file where the data folder should be", async () => {
      const file = join(dataFolder(), "file");
      writeFileSync(file, "");
      expect(await refused({ TENFOLD_DATA: file })).to.match(/file is/);
    });

    it("a data folder that can't be written", async function () {
      // Root may write everywhere but where the kernel alone does.
      const folder = dataFolder();
      chmodSync(folder, 0o500);
      const unwritable = process.getuid?.() === 0 ? "/sys/tenfold" : folder;
      expect(await refused({ TENFOLD_DATA: unwritable })).to.include(unwritable);
    });

    it("a database that is not there, without its password", async () => {
      const said = await refused({
        DATABASE_URL: "postgres://tenfold:a-secret@127.0.0.1:1/tenfold",
        TENFOLD_MASTER_KEY: "0f".repeat(32),
      });
      expect(said).to.include("127.0.0.1:1/tenfold can't be reached").and.not.to.include("a-secret");
    });

    it("a host that is no address of this machine", async () => {
      expect(await refused({ HOST: "203.0.113.7", TENFOLD_DATA: settled })).to.include("203.0.113.7");
    });
  });
});
