import { expect } from "chai";
import { TenantSuspended, Unavailable } from "../../../src/kernel/errors.js";
import type { ServiceWatch } from "../../../src/rooms/tenancy/service-watch.js";
import type { Client } from "../../support/client.js";
import { deleteTenant, resumeTenant, suspendTenant, updateTenant } from "../../support/operations.js";
import { World } from "../../support/world.js";

describe("work that lasts while its tenant is served", () => {
  let world: World;
  let operator: Client;
  let watch: ServiceWatch;
  before(async () => {
    world = await World.start();
    operator = await world.operator();
    watch = world.app.house.tenancy.watch;
  });
  after(() => world.stop());

  /** Why work that began after `change`, or before it, was told to stop. */
  const reasonOf = (id: string, change: () => Promise<unknown>): Promise<unknown> =>
    watch.whileServed(id, async (served) => {
      const aborted = new Promise<unknown>((resolve) => {
        served.addEventListener("abort", () => resolve(served.reason));
      });
      expect(served.aborted).to.equal(false);
      await change();
      return aborted;
    });

  it("is told to stop by a suspension and by a deletion, here and from another process", async () => {
    const { id, slug } = await world.tenant("watched");
    const changes = [
      () => operator.get(suspendTenant, { input: { id } }),
      () => operator.get(deleteTenant, { input: { id, slug } }),
      () =>
        world.admin(
          `with changed as (update control.tenant set status = 'SUSPENDED' where id = '${id}' returning id)
           select pg_notify('tenfold', json_build_object('topic', 'tenant', 'tenant', id)::text) from changed`,
        ),
    ];
    for (const change of changes) {
      expect(await reasonOf(id, change)).to.be.instanceOf(TenantSuspended);
      await operator.get(resumeTenant, { input: { id } });
    }
  });

  it("is told so from the beginning where the tenant is not served already, and is asked anew each time", async () => {
    const { id } = await world.tenant("sleeping");
    const isAborted = () => watch.whileServed(id, async ({ aborted }) => aborted);
    const setStatus = (status: string) =>
      world.admin("update control.tenant set status = $2 where id = $1", [id, status]);
    // Without news of it: what is remembered of the tenant is not believed here.
    for (const [status, aborted] of [
      ["SUSPENDED", true],
      ["ACTIVE", false],
      ["DELETING", true],
      ["ACTIVE", false],
    ] as const) {
      await setStatus(status);
      expect(await isAborted(), status).to.equal(aborted);
    }
    expect(await watch.whileServed("tenant_nobody", async ({ reason }) => reason)).to.be.instanceOf(
      TenantSuspended,
    );
  });

  it("goes on when something else of the tenant changes, or another tenant is suspended", async () => {
    const [one, other] = [await world.tenant("steady"), await world.tenant("unsteady")];
    const aborted = await watch.whileServed(one.id, async (served) => {
      await operator.get(updateTenant, { input: { id: one.id, name: "Steadier" } });
      await reasonOf(other.id, () => operator.get(suspendTenant, { input: { id: other.id } }));
      return served.aborted;
    });
    expect(aborted).to.equal(false);
  });

  it("is told why where nobody can tell whether the tenant is served", async () => {
    const { id, schema } = await world.tenant("behind");
    const setVersion = (change: string) =>
      world.admin(`update control.tenant_schema set version = version ${change} where name = $1`, [schema]);
    const reason = await reasonOf(id, async () => {
      await setVersion("- 1");
      await operator.send(updateTenant, { input: { id, name: "Behind" } });
    });
    expect(reason).to.be.instanceOf(Unavailable);
    await setVersion("+ 1");
    expect(await watch.whileServed(id, async ({ aborted }) => aborted)).to.equal(false);
  });

  it("is asked again after a gap in the news", async () => {
    const { id } = await world.tenant("unheard");
    const reason = await reasonOf(id, async () => {
      await world.admin("update control.tenant set status = 'SUSPENDED' where id = $1", [id]);
      await world.admin(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'tenfold-listen' and datname = current_database()`,
      );
    });
    expect(reason).to.be.instanceOf(TenantSuspended);
  });

  it("answers and throws what the work does, several at once for a tenant", async () => {
    const { id } = await world.tenant("several");
    const [one, two] = await Promise.allSettled([
      watch.whileServed(id, async () => "done"),
      watch.whileServed(id, async () => Promise.reject(new Error("as told"))),
    ]);
    expect(one).to.deep.equal({ status: "fulfilled", value: "done" });
    expect(two).to.include({ status: "rejected" }).with.nested.property("reason.message", "as told");
    const suspend = () => operator.get(suspendTenant, { input: { id } });
    let inner: unknown;
    const outer = await reasonOf(id, async () => {
      inner = await reasonOf(id, suspend);
    });
    for (const reason of [inner, outer]) expect(reason).to.be.instanceOf(TenantSuspended);
  });
});
