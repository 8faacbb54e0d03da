import { expect } from "chai";
import { Notifications } from "../../../src/kernel/database/notifications.js";
import type { UnitOfWork } from "../../../src/kernel/database/unit-of-work.js";
import type { DomainEvent } from "../../../src/kernel/events.js";
import { createLog } from "../../../src/kernel/log.js";
import { eventually } from "../../support/time.js";
import { failureOf, Ground, store, whereabouts } from "./ground.js";

const changed: DomainEvent = { type: "spec.changed", subject: null };
const revoke = "insert into control.revocation values ($1, now(), now())";

describe("a unit of work", () => {
  let ground: Ground;
  let notifications: Notifications;
  const heard: string[] = [];
  before(async () => {
    ground = await Ground.start();
    notifications = new Notifications(ground.applicationUrl, createLog("silent"));
    notifications.on("spec", ({ subject }) => void heard.push(String(subject)));
    await notifications.open();
  });
  after(async () => {
    await notifications.close();
    await ground.stop();
  });
  beforeEach(async () => {
    ground.environment.listeners.length = 0;
    heard.length = 0;
    await ground.admin(`truncate ${ground.tenant(0)}.sign_in_failure; truncate control.revocation`);
  });

  const revoked = async (): Promise<unknown[]> =>
    (await ground.admin("select subject from control.revocation")).map((row) => row["subject"]);

  /** The change, an event, a fact in the control schema and the news of it. */
  async function change(work: UnitOfWork): Promise<string> {
    await work.query(store, ["changed"]);
    work.emit(changed);
    work.control((sql) => sql.query(revoke, ["told"]));
    work.notify("spec", { subject: "one" });
    work.notify("spec", { subject: "two" });
    return "answer";
  }

  it("commits the change, the listeners' facts and the control schema's together, then tells", async () => {
    const after: string[] = [];
    ground.environment.listeners.push({
      inTransaction: async (work, events) => {
        expect(events).to.deep.equal([changed]);
        expect(await work.query(whereabouts)).to.have.nested.property("[0].role", ground.tenant(0));
        await work.query(store, ["by listener"]);
      },
      afterCommit: (_work, events) => void after.push(...events.map(({ type }) => type)),
    });
    expect(await ground.scope(0).write("spec.change", change)).to.equal("answer");
    expect(await ground.stored(0)).to.deep.equal(["by listener", "changed"]);
    expect(await revoked()).to.deep.equal(["told"]);
    expect(after).to.deep.equal(["spec.changed"]);
    await eventually(() => heard.length === 2);
    expect(heard).to.deep.equal(["one", "two"]);
  });

  it("does not bother listeners where nothing was emitted", async () => {
    let told = 0;
    ground.environment.listeners.push({ inTransaction: async () => void (told += 1) }, {});
    await ground.scope(0).write("spec.quiet", async (work) => work.manager.query("select 1"));
    expect(told).to.equal(0);
    expect(heard).to.deep.equal([]);
  });

  const untouched = async (): Promise<void> => {
    expect(await ground.stored(0)).to.deep.equal([]);
    expect(await revoked()).to.deep.equal([]);
    await ground.scope(0).write("spec.flush", async (work) => work.notify("spec", { subject: "flush" }));
    await eventually(() => heard.includes("flush"));
    expect(heard).to.deep.equal(["flush"]);
  };

  it("undoes all of it when a listener fails", async () => {
    ground.environment.listeners.push({
      inTransaction: async () => {
        throw new Error("the trail is full");
      },
    });
    expect((await failureOf(ground.scope(0).write("spec.change", change))).message).to.equal(
      "the trail is full",
    );
    await untouched();
  });

  it("undoes all of it when a statement of the control schema fails", async () => {
    const failing = ground.scope(0).write("spec.change", async (work) => {
      await change(work);
      work.control((sql) => sql.query(revoke, ["told"]));
    });
    expect((await failureOf(failing)).message).to.include("duplicate key");
    await untouched();
  });

  it("undoes all of it when the news is too long to send", async () => {
    const failing = ground.scope(0).write("spec.change", async (work) => {
      await change(work);
      work.notify("spec", { subject: "x".repeat(9_000) });
    });
    expect((await failureOf(failing)).message).to.include("payload string too long");
    await untouched();
  });

  it("only logs what fails after the commit, and goes on with the rest", async () => {
    const after: string[] = [];
    ground.environment.listeners.push(
      {
        afterCommit: () => {
          throw new Error("deaf");
        },
      },
      { afterCommit: () => void after.push("the next listener") },
    );
    await ground.scope(0).write("spec.change", async (work) => {
      work.afterCommit(() => {
        throw new Error("forgot");
      });
      work.afterCommit(async () => {
        throw new Error("forgot later");
      });
      work.afterCommit(() => void after.push("the next action"));
      await work.query(store, ["changed"]);
    });
    expect(after).to.deep.equal(["the next action", "the next listener"]);
    expect(await ground.stored(0)).to.deep.equal(["changed"]);
  });

  it("refuses an event that no listener would be told of any more", async () => {
    const late = ground.scope(0).write("spec.late", async (work) => {
      await work.query(store, ["changed"]);
      work.control(async () => work.emit(changed));
    });
    expect((await failureOf(late)).message).to.equal(
      "spec.late is finished: spec.changed would reach no audit trail.",
    );
    expect(await ground.stored(0)).to.deep.equal([]);
  });

  it("hides other tenants from the control statements too", async () => {
    const peeking = ground.scope(0).write("spec.peek", async (work) => {
      work.control((sql) => sql.query(`select * from ${ground.tenant(1)}.sign_in_failure`));
    });
    expect((await failureOf(peeking)).message).to.include("permission denied");
  });
});
