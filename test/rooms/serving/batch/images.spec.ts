import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { type TenantOfWorld, World } from "../../../support/world.js";
import { png, zip } from "../../datasets/images/support.js";
import { create, put } from "../../datasets/support.js";
import { createDataset, createModel, deploy, ended, predict, start } from "../../training/support.js";
import { batchEnded, resultOf, startBatch, tryStart } from "./support.js";

/** Dark and light images, all a little different. */
const image = (at: number): Buffer => png(8, 8, (x, y) => [(at % 2) * 180 + ((x * 5 + y * 3 + at) % 60)]);
const nameOf = (at: number): string => `${at % 2 ? "light" : "dark"}/${String(at).padStart(3, "0")}.png`;
const count = 90;

describe("serving: a whole archive of images predicted", function () {
  this.timeout(90_000);
  let world: World;
  let tenant: TenantOfWorld;
  let modelId: string;
  let datasetId: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("albums");
    const { id, uploadUrl } = await create(tenant.owner, { format: "IMAGES" });
    const archive = zip(
      Object.fromEntries(Array.from({ length: count }, (_, at) => [nameOf(at), image(at)])),
    );
    expect(await put(world, uploadUrl, archive)).to.include({ status: 200 });
    datasetId = id;
    modelId = await createModel(tenant.owner, { type: "IMAGE", target: null });
    const input = { modelId, datasetId, hyperparameters: { epochs: 4 } };
    await ended(tenant.owner, await start(tenant.owner, input));
    await deploy(tenant.owner, modelId);
  });
  after(() => world.stop());

  it("says of each file, by its name and label, what predict says of it", async () => {
    const id = await startBatch(tenant.owner, { modelId, datasetId });
    expect((await batchEnded(tenant.owner, id)).status).to.equal("SUCCEEDED");
    const rows: Record<string, string>[] = parse(await resultOf(tenant.owner, id), { columns: true });
    expect(rows.map(({ file }) => file)).to.have.members(
      Array.from({ length: count }, (_, at) => nameOf(at)),
    );
    const asked = Array.from({ length: 6 }, (_, at) => ({ image: image(at).toString("base64") }));
    const { data } = await predict(tenant.owner, modelId, asked);
    asked.forEach((_, at) => {
      const row = rows.find(({ file }) => file === nameOf(at));
      const { label, confidence } = data.predict.predictions[at];
      expect(row).to.include({ prediction: label, label: at % 2 ? "light" : "dark" });
      expect(Number(row?.["confidence"])).to.be.closeTo(confidence, 1e-6);
    });
  });

  it("explains an image by its patches", async () => {
    const { explainPrediction } = await tenant.owner.get(
      `mutation ($input: ExplainPredictionInput!) { explainPrediction(input: $input) {
        baseline method sumError attributions { column word patch { x y width height } value } output baselineOutput } }`,
      { input: { modelId, row: { image: image(1).toString("base64") }, evaluations: 300 } },
    );
    const { attributions, output, baselineOutput, ...rest } = explainPrediction;
    expect(rest).to.include({ baseline: "MEAN_IMAGE", method: "SHAPLEY_SAMPLED" });
    expect(attributions).to.have.length(64);
    const sum = attributions.reduce((total: number, { value }: { value: number }) => total + value, 0);
    expect(sum).to.be.closeTo(output - baselineOutput, 1e-6);
  });

  it("takes no table in their place", async () => {
    const table = await createDataset(tenant.owner);
    expect(await tryStart(tenant.owner, { modelId, datasetId: table })).to.failWith("BAD_USER_INPUT");
  });
});
