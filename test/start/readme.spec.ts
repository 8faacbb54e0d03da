import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect } from "chai";
import { buildSchema, getOperationAST, OperationTypeNode, parse, validate } from "graphql";
import { loadConfig } from "../../src/kernel/config.js";
import { idsIn } from "../../src/explorer/ids.js";
import type { Client } from "../support/client.js";
import { World } from "../support/world.js";

const text = readFileSync("README.md", "utf8");
const blocks = (language: string): string[] =>
  [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, kind, body]) =>
    kind === language ? [body ?? ""] : [],
  );

/** Follows a subscription to its end. */
async function follow(client: Client, query: string, variables: Record<string, unknown>): Promise<string> {
  const socket = client.socket();
  let last = "";
  for await (const event of socket.iterate({ query, variables })) last = JSON.stringify(event);
  await socket.dispose();
  return last;
}

describe("README.md", function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(() => world.stop());

  it("opens with the two commands, which package.json has", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(blocks("console")[0]).to.match(/^npm start.*\nnpm test/);
    for (const [, name] of text.matchAll(/`npm (?:run )?(\w+)`/g))
      expect(scripts).to.have.property(name ?? "");
  });

  it("has every variable of the configuration in its table, and no other", () => {
    const told = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    const source = readFileSync("src/kernel/config.ts", "utf8");
    const read = [...source.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, name]) => name);
    expect(told).to.deep.equal(read);
  });

  it("has the defaults that the code has", () => {
    const { port, host, poolSize, warmTenants, uploadLimitBytes, deletionDays, operatorEmail } = loadConfig(
      {},
    );
    const { role, trainingProcesses, predictionThreads, resultDays } = loadConfig({});
    const defaults = { PORT: port, HOST: host, TENFOLD_ROLE: role, TENFOLD_POOL_SIZE: poolSize };
    const more = { TENFOLD_WARM_TENANTS: warmTenants, TENFOLD_UPLOAD_LIMIT_BYTES: uploadLimitBytes };
    const last = {
      TENFOLD_TRAINING_PROCESSES: trainingProcesses,
      TENFOLD_PREDICTION_THREADS: predictionThreads,
    };
    const named = {
      TENFOLD_OPERATOR_EMAIL: operatorEmail,
      TENFOLD_DELETION_DAYS: deletionDays,
      TENFOLD_RESULT_DAYS: resultDays,
    };
    for (const [name, value] of Object.entries({ ...defaults, ...more, ...last, ...named }))
      expect(text).to.include(`| \`${name}\` | \`${value}\` |`);
  });

  it("has commands that work", async () => {
    const commands = blocks("sh").flatMap((block) => block.trim().split("\n"));
    expect(commands.length).to.be.greaterThan(2);
    for (const command of commands)
      await promisify(execFile)("sh", ["-c", command.replaceAll("http://127.0.0.1:4000", world.url)]);
  });

  it("has a journey that can be walked as it stands", async () => {
    const schema = buildSchema(readFileSync("schema/schema.graphql", "utf8"));
    const variables: Record<string, string> = {
      email: "operator@tenfold.local",
      password: "the operator of all tests",
    };
    let client = world.anonymous();
    for (const block of blocks("graphql")) {
      const document = parse(block);
      expect(validate(schema, document), block).to.deep.equal([]);
      if (block.includes("OwnerSignIn")) client = world.anonymous("acme");
      if (getOperationAST(document)?.operation === OperationTypeNode.SUBSCRIPTION) {
        expect(await follow(client, block, variables)).to.include("SUCCEEDED");
        continue;
      }
      const data = await client.get<Record<string, { accessToken?: string }>>(block, variables);
      Object.assign(variables, idsIn(JSON.stringify({ data })));
      const token = data["signIn"]?.accessToken;
      if (token) client = world.anonymous().bearing(token);
    }
    expect(variables).to.include.keys("modelId", "datasetId", "jobId");
  });
});
