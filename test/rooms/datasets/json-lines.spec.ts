import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createModel, ended, quick, start } from "../training/support.js";
import { asJsonLines, create, find, put, text } from "./support.js";

const profile =
  "rowCount columns { name kind missing distinct integer minimum maximum mean standardDeviation categories { value count } examples }";

describe("datasets: JSON Lines through the graph", () => {
  let world: World;
  let tenant: TenantOfWorld;
  const csv = text("penguins.csv");
  const lines = asJsonLines(csv);
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("lines");
  });
  after(() => world.stop());

  it("gives the penguins the same profile inline, uploaded and as CSV", async () => {
    const asCsv = await create(tenant.owner, { content: csv });
    const inline = await create(tenant.owner, { format: "JSONL", content: lines });
    expect(inline).to.include({ status: "READY", format: "JSONL", sizeBytes: Buffer.byteLength(lines) });
    const { id, uploadUrl } = await create(tenant.owner, { format: "JSONL" });
    expect((await put(world, uploadUrl, new Blob([lines]).stream())).data).to.deep.equal({
      id,
      status: "READY",
      rowCount: 344,
    });
    const expected = await find(tenant.owner, asCsv.id, profile);
    for (const other of [inline.id, id])
      expect(await find(tenant.owner, other, profile)).to.deep.equal(expected);
  });

  it("trains them to the same weights as from CSV", async () => {
    const modelId = await createModel(tenant.owner);
    const versions = [];
    for (const input of [{ content: csv }, { format: "JSONL", content: lines }]) {
      const { id: datasetId } = await create(tenant.owner, input);
      versions.push(
        (await ended(tenant.owner, await start(tenant.owner, { modelId, datasetId, hyperparameters: quick })))
          .version,
      );
    }
    expect(versions[0].sha256).to.be.a("string");
    expect(versions[1].sha256).to.equal(versions[0].sha256);
  });

  it("trains on a column that only the last line names", async () => {
    const rows = Array.from({ length: 60 }, (_, at) => `{"size":${at},"kind":"${at % 2 ? "x" : "y"}"}`);
    const content = [...rows, '{"kind":"x","size":3,"late":7}'].join("\n");
    const { id: datasetId } = await create(tenant.owner, { format: "JSONL", content });
    expect(await find(tenant.owner, datasetId, "columns { name missing }")).to.deep.equal({
      columns: [
        { name: "size", missing: 0 },
        { name: "kind", missing: 0 },
        { name: "late", missing: 60 },
      ],
    });
    const modelId = await createModel(tenant.owner, { target: "kind" });
    const job = await ended(
      tenant.owner,
      await start(tenant.owner, { modelId, datasetId, hyperparameters: quick }),
    );
    expect([job.status, job.failure]).to.deep.equal(["SUCCEEDED", null]);
  });
});
