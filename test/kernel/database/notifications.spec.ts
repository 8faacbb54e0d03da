import { expect } from "chai";
import { Notifications } from "../../../src/kernel/database/notifications.js";
import { createLog } from "../../../src/kernel/log.js";
import { eventually } from "../../support/time.js";
import { Ground } from "./ground.js";

describe("notifications", () => {
  let ground: Ground;
  let notifications: Notifications;
  beforeEach(async () => {
    ground = await Ground.start({ tenants: 1 });
    notifications = new Notifications(ground.applicationUrl, createLog("silent"));
  });
  afterEach(async () => {
    await notifications.close();
    await ground.stop();
  });

  const tell = (subject: string): Promise<void> =>
    ground.scope(0).write("spec.tell", async (work) => work.notify("spec", { subject }));

  it("reach every handler of their topic until it stops listening", async () => {
    const heard: string[] = [];
    const stop = notifications.on(
      "spec",
      ({ subject, tenant }) => void heard.push(`one: ${String(subject)} of ${String(tenant)}`),
    );
    notifications.on("spec", ({ subject }) => void heard.push(`two: ${String(subject)}`));
    notifications.on("other", () => void heard.push("never"));
    expect(notifications.connected).to.equal(false);
    await notifications.open();
    expect(notifications.connected).to.equal(true);
    await tell("first");
    await eventually(() => heard.length === 2);
    stop();
    stop();
    await tell("second");
    await eventually(() => heard.length === 3);
    expect(heard).to.deep.equal(["one: first of tenant_0", "two: first", "two: second"]);
  });

  it("come again after the connection was lost, and say that some may have been missed", async () => {
    const heard: string[] = [];
    let gaps = 0;
    notifications.on("spec", ({ subject }) => void heard.push(String(subject)));
    notifications.onGap(() => {
      gaps += 1;
    });
    await notifications.open();
    for (const times of [1, 2]) {
      await ground.admin(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenfold-listen' and datname = current_database()",
      );
      await eventually(() => gaps === times);
      expect(notifications.connected).to.equal(true);
    }
    await tell("afterwards");
    await eventually(() => heard.length === 1);
    expect(heard).to.deep.equal(["afterwards"]);
  });

  it("survive what another program sends on the channel", async () => {
    const heard: string[] = [];
    notifications.on("spec", ({ subject }) => void heard.push(String(subject)));
    notifications.on("spec-failing", () => {
      throw new Error("this handler is broken");
    });
    await notifications.open();
    await ground.admin(
      "select pg_notify('tenfold', 'not json'), pg_notify('tenfold', '{\"topic\":\"spec-failing\"}'), pg_notify('tenfold', 'null')",
    );
    await tell("still there");
    await eventually(() => heard.length === 1);
  });
});
