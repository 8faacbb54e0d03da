import { expect } from "chai";
import { imageInputOf, parseArtefact, signatureOf } from "../../../src/rooms/learning/artefact.js";
import { imageCell } from "../../../src/rooms/learning/encoding/index.js";
import { infeasibility } from "../../../src/rooms/learning/feasibility.js";
import { Learning } from "../../../src/rooms/learning/learning.js";
import type { LearningPlan } from "../../../src/rooms/learning/plan.js";
import { inputShapeOf } from "../../../src/rooms/learning/preprocessing.js";
import { seededRandom } from "../../../src/rooms/learning/random.js";
import { codeOf, learn } from "./data.js";

const size = { width: 6, height: 5, channels: 3 } as const;
const random = seededRandom(11, "pictures");

/** Noise with a bright stripe: lying or standing. */
function picture(lying: boolean): string {
  const stripe = Math.floor(random() * 5);
  const pixels = new Uint8Array(6 * 5 * 3).map((_, at) => {
    const [x, y] = [Math.floor(at / 3) % 6, Math.floor(at / 18)];
    return (lying ? y : x) === stripe ? 220 : Math.floor(random() * 80);
  });
  return imageCell(pixels);
}
const rows = Array.from({ length: 120 }, (_, at) => [
  picture((at * 7) % 3 === 0),
  (at * 7) % 3 === 0 ? "lying" : "standing",
]);
const table = { columns: ["image", "label"], rows };
const plan: LearningPlan = {
  task: { type: "IMAGE", target: "label", features: [{ column: "image", kind: "IMAGE", size }] },
  hyperparameters: { epochs: 6 },
  seed: 3,
};

describe("learning from images", function () {
  this.timeout(30_000);

  it("sees them as rows, columns and channels, and learns what is in them", async () => {
    const { artefact, metrics, architecture } = await learn(table, plan);
    expect("accuracy" in metrics && metrics.accuracy).to.be.at.least(0.9);
    expect(architecture.layers[0]?.type).to.equal("CONV2D");
    const { preprocessing } = parseArtefact(artefact);
    expect(inputShapeOf(preprocessing)).to.deep.equal({ shape: [5, 6, 3] });
    expect(imageInputOf(signatureOf(preprocessing))).to.deep.equal({ column: "image", ...size });
  });

  it("gives the same weights to the bit, interrupted or not", async () => {
    const whole = await learn(table, plan);
    const first = await Learning.start(table, plan);
    const epochs = first[Symbol.asyncIterator]();
    await epochs.next();
    await epochs.next();
    const checkpoint = await first.checkpoint();
    first.dispose();
    const second = await Learning.start(table, plan, checkpoint);
    for await (const progress of second) expect(progress.epoch).to.be.greaterThan(2);
    const { sha256 } = await second.finish();
    second.dispose();
    expect(sha256).to.equal(whole.sha256);
  });

  it("moves and mirrors images anew each epoch, the same to the bit after an interruption", async () => {
    const varied = { ...plan, hyperparameters: { epochs: 4, augmentation: { shift: 0.2, flip: true } } };
    const whole = await learn(table, varied);
    const plain = await learn(table, { ...plan, hyperparameters: { epochs: 4 } });
    expect(whole.sha256).not.to.equal(plain.sha256);
    const first = await Learning.start(table, varied);
    await first[Symbol.asyncIterator]().next();
    const checkpoint = await first.checkpoint();
    first.dispose();
    const second = await Learning.start(table, varied, checkpoint);
    for await (const progress of second) void progress;
    expect((await second.finish()).sha256).to.equal(whole.sha256);
    second.dispose();
  });

  it("refuses a checkpoint of other pixels", async () => {
    const first = await Learning.start(table, plan);
    await first[Symbol.asyncIterator]().next();
    const checkpoint = await first.checkpoint();
    first.dispose();
    const other = { ...table, rows: [[picture(true), "lying"], ...rows.slice(1)] };
    expect(await codeOf(Learning.start(other, plan, checkpoint))).to.equal("CHECKPOINT_MISMATCH");
  });

  it("is judged beforehand by the size of the images", () => {
    const facts = { missing: 0, distinct: 2, counts: [80, 40] };
    const unknown = { missing: 120, distinct: 0, counts: [] };
    const of = (more: object, count = 120) =>
      infeasibility(
        { task: plan.task, architecture: null, validationSplit: 0.1, batchSize: 32, ...more },
        count,
        (column) => (column === "label" ? facts : unknown),
      );
    expect(of({})).to.equal(null);
    expect(of({}, 3_000_000)?.at).to.equal("rows");
    const sequence = { preset: "CUSTOM", layers: [{ type: "RESHAPE", shape: [7, 7] }] };
    expect(of({ architecture: sequence })?.at).to.equal("architecture");
  });
});
