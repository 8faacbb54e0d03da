import { expect } from "chai";
import type { Client } from "pg";
import { ExtendedClient } from "../../../src/kernel/database/client.js";
import { failureOf, Ground, whereabouts } from "./ground.js";

describe("a connection", () => {
  let ground: Ground;
  let client: ExtendedClient;
  /** The same as others know it, with all the ways to call `query`. */
  let plain: Client;
  before(async () => {
    ground = await Ground.start({ tenants: 1 });
    client = new ExtendedClient(ground.applicationUrl);
    plain = client;
    await client.connect();
    client.prepareEntrances();
  });
  after(async () => {
    await client.end();
    await ground.stop();
  });
  afterEach(() => client.allow("anything"));

  const entrance = (): [string, string] => [ground.tenant(0), `"${ground.tenant(0)}", pg_temp`];

  it("refuses a second statement in one text, with and without values, through TypeORM too", async () => {
    for (const stacked of ["select 1; reset role", "select 1; select 2", "begin; commit"]) {
      expect((await failureOf(plain.query(stacked))).message).to.include("multiple commands");
      expect((await failureOf(ground.source.query(stacked))).message).to.include("multiple commands");
      expect((await failureOf(ground.source.manager.query(stacked, []))).message).to.include(
        "multiple commands",
      );
    }
  });

  it("takes a statement as text, as text with values, as an object and with a callback", async () => {
    const text = "select $1::int as value";
    expect((await plain.query("select 1 as value")).rows).to.deep.equal([{ value: 1 }]);
    expect((await plain.query(text, [2])).rows).to.deep.equal([{ value: 2 }]);
    expect((await plain.query({ text, values: [3] })).rows).to.deep.equal([{ value: 3 }]);
    const rows = await new Promise((resolve, reject) => {
      plain.query(text, [4], (error: Error | null, result) => (error ? reject(error) : resolve(result.rows)));
    });
    expect(rows).to.deep.equal([{ value: 4 }]);
    expect((await ground.source.query(text, [5]))[0]).to.deep.equal({ value: 5 });
  });

  it("refuses cursors and other queries of one's own, which would corrupt the pipeline", async () => {
    const cursor = { submit: () => {} };
    expect((await failureOf(client.query(cursor))).message).to.include("cursors");
  });

  it("takes statements on rows alone inside a tenant", async () => {
    client.allow("rows");
    const refused = [
      "reset role",
      " Set Role none",
      "commit",
      "/**/ reset role",
      "--\nreset role",
      "notify tenfold",
      "do $$ begin end $$",
      "",
      ";select 1",
      "selection",
      "copy model to stdout",
      "with_ (select 1)",
    ];
    for (const text of refused)
      expect((await failureOf(plain.query(text))).message, text).to.include("only statements on rows");
    const taken = [
      "select 1",
      " (select 1)",
      "\n WITH a as (select 1) select * from a",
      "values (1)",
      "((select 1) union select 2)",
    ];
    for (const text of taken) expect((await plain.query(text)).rows.length, text).to.be.greaterThan(0);
    const error = await new Promise((resolve) => {
      plain.query("reset role", [], resolve);
    });
    expect(error).to.be.instanceOf(Error);
  });

  it("takes nothing once its transaction has ended", async () => {
    client.allow("nothing");
    expect((await failureOf(plain.query("select 1"))).message).to.include("The transaction is over");
  });

  it("reads as a tenant in one go, and is the application before and after", async () => {
    const own = { role: "tenfold_app", path: '"$user", public' };
    const before = plain.query(whereabouts);
    const inside = client.readAs(entrance(), {
      text: `${whereabouts}, current_setting('transaction_read_only') as mode`,
    });
    client.allow("anything");
    const after = plain.query(whereabouts);
    expect((await before).rows).to.deep.equal([own]);
    expect((await inside).rows).to.deep.equal([
      { role: ground.tenant(0), path: `"${ground.tenant(0)}", pg_temp`, mode: "on" },
    ]);
    expect((await after).rows).to.deep.equal([own]);
    expect(client.idle).to.equal(true);
  });

  it("does not run the statement where the way into the tenant fails", async () => {
    const error = await failureOf(
      client.readAs(["t_of_nobody", "public"], { text: "select * from control.tenant" }),
    );
    expect(error.message).to.include('role "t_of_nobody" does not exist');
    const unprepared = new ExtendedClient({ connectionString: ground.applicationUrl });
    await unprepared.connect();
    expect((await failureOf(unprepared.readAs(entrance(), { text: "select 1" }))).message).to.include(
      "does not exist",
    );
    await unprepared.end();
  });

  it("keeps names of prepared statements usable after a failure, and refuses one for another text", async () => {
    const named = { name: "spec_named", text: "select 10 / $1::int as value" };
    expect((await failureOf(client.readAs(entrance(), { ...named, values: [0] }))).message).to.include(
      "division by zero",
    );
    expect((await client.readAs(entrance(), { ...named, values: [5] })).rows).to.deep.equal([{ value: 2 }]);
    expect((await client.readAs(entrance(), { ...named, values: [2] })).rows).to.deep.equal([{ value: 5 }]);
    const other = await failureOf(client.readAs(entrance(), { name: "spec_named", text: "select 1" }));
    expect(other.message).to.include("Prepared statements must be unique");
  });

  it("stays usable after values that cannot be sent", async () => {
    const circular: unknown[] = [];
    circular.push({
      toPostgres: () => {
        throw new Error("cannot be told");
      },
    });
    expect(
      (await failureOf(client.readAs(entrance(), { text: "select $1::text", values: circular }))).message,
    ).to.equal("cannot be told");
    expect((await client.readAs(entrance(), { text: whereabouts })).rows[0]).to.have.property(
      "role",
      ground.tenant(0),
    );
    client.allow("anything");
    expect((await plain.query(whereabouts)).rows[0]).to.have.property("role", "tenfold_app");
  });
});
