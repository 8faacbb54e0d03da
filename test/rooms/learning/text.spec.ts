import { expect } from "chai";
import { parseArtefact, signatureOf } from "../../../src/rooms/learning/artefact.js";
import type { LearningPlan } from "../../../src/rooms/learning/index.js";
import { codeOf, interruptedSha256, learn } from "./data.js";

const columns = ["text", "kind"];
const rows = Array.from({ length: 80 }, (_, place) => {
  const spam = (place * 5 + Math.floor(place / 8)) % 2 === 1;
  return [spam ? `free prize no ${place} 😀` : `see you at ${place % 12} then`, spam ? "spam" : "ham"];
});
const table = { columns, rows };
const plan: LearningPlan = {
  task: { type: "TEXT_CLASSIFICATION", target: "kind", features: [{ column: "text", kind: "TEXT" }] },
  hyperparameters: { epochs: 4 },
  seed: 3,
};

describe("learning: from texts", () => {
  it("learns which words speak for which class, and keeps them in the artefact", async () => {
    const { artefact, metrics } = await learn(table, { ...plan, hyperparameters: { epochs: 20 } });
    expect(metrics).to.deep.include({ accuracy: 1, rows: 20 });
    const { preprocessing } = parseArtefact(artefact);
    const [feature] = preprocessing.features;
    const terms = feature?.kind === "TEXT" ? (feature.parts[0]?.terms.map(([term]) => term) ?? []) : [];
    expect(terms).to.include.members(["free prize", "see you", "😀"]);
    expect(signatureOf(preprocessing).output.type).to.equal("TEXT_CLASSIFICATION");
  });

  it("is the same to the bit by seed, interrupted or not", async () => {
    const whole = await learn(table, plan);
    expect((await learn(table, { ...plan, seed: 4 })).sha256).to.not.equal(whole.sha256);
    expect(await interruptedSha256(table, plan)).to.equal(whole.sha256);
  });

  it("learns no word of a test row", async () => {
    const spoiled = rows.map(([text = "", kind = ""], place) => [
      place % 4 === 3 ? "secret words" : text,
      kind,
    ]);
    expect((await learn({ columns, rows: spoiled }, plan)).sha256).to.equal(
      (await learn(table, plan)).sha256,
    );
  });

  it("refuses texts that have nothing in common", async () => {
    const strange = rows.map(([, kind = ""], place) => [String.fromCodePoint(0x4e00 + place), kind]);
    expect(await codeOf(learn({ columns, rows: strange }, plan))).to.equal("TRAINING_DATA_UNUSABLE");
  });
});
