import { expect } from "chai";
import { infeasibility, parseChoice } from "../../../../src/rooms/learning/index.js";
import { planFor } from "./texts.js";

const foreseen = (rows: number, architecture: object | null = null, missing = 0) =>
  infeasibility(
    {
      task: planFor().task,
      architecture: architecture && parseChoice(architecture),
      validationSplit: 0.05,
      batchSize: 8,
    },
    rows,
    () => ({ missing, distinct: rows - missing, counts: [] }),
  );

describe("generation: what is bound to fail", () => {
  it("are too few texts, counted without rows that have none", () => {
    expect(foreseen(9)?.at).to.equal("rows");
    expect(foreseen(1_000, null, 995)?.at).to.equal("rows");
    expect(foreseen(1_000)).to.equal(null);
  });

  it("are networks that see what is to come, whatever the texts are", () => {
    const embedded = (...layers: object[]) => ({
      layers: [{ type: "EMBEDDING", dimensions: 8 }, ...layers],
    });
    const blind = [
      embedded({ type: "GRU", units: 8 }),
      embedded({ type: "TRANSFORMER_BLOCK", heads: 2, units: 8 }),
      embedded({ type: "BATCH_NORMALIZATION" }),
      embedded({ type: "GLOBAL_MAX_POOLING" }),
      { layers: [{ type: "FLATTEN" }] },
      { preset: "CNN_1D" },
      { preset: "DENSE" },
    ];
    for (const architecture of blind)
      expect(foreseen(1_000, architecture)?.at, JSON.stringify(architecture)).to.equal("architecture");
  });

  it("is none of those that learn", () => {
    for (const preset of ["LSTM", "GRU", "TRANSFORMER"]) expect(foreseen(1_000, { preset })).to.equal(null);
    const own = { layers: [{ type: "EMBEDDING", dimensions: 8 }, { type: "LAYER_NORMALIZATION" }] };
    expect(foreseen(1_000, own)).to.equal(null);
  });
});
