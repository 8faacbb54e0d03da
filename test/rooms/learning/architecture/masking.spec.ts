import { expect } from "chai";
import { maskedLayers, parseArchitecture } from "../../../../src/rooms/learning/architecture/index.js";
import { maskedTypes, tokens } from "../network/padded.js";

const embedding = { type: "EMBEDDING", dimensions: 4 };
const block = { type: "TRANSFORMER_BLOCK", heads: 2, units: 3 };
const average = { type: "GLOBAL_AVERAGE_POOLING" };

describe("architecture: layers that leave out padding", () => {
  it("are attention and global pooling over tokens, whatever goes step by step between", () => {
    const between = [
      { type: "POSITION_EMBEDDING" },
      { type: "DENSE", units: 4 },
      { type: "DROPOUT", dropout: 0.1 },
      { type: "LAYER_NORMALIZATION" },
      { type: "BATCH_NORMALIZATION" },
      { type: "GRU", units: 4, returnSequences: true },
    ];
    const found = maskedTypes([embedding, block, ...between, block, average, { type: "DENSE", units: 2 }]);
    expect(found).to.deep.equal(["TRANSFORMER_BLOCK", "TRANSFORMER_BLOCK", "GLOBAL_AVERAGE_POOLING"]);
  });

  for (const ending of [
    { type: "CONV1D", filters: 4 },
    { type: "MAX_POOLING1D" },
    { type: "RESHAPE", shape: [3, 8] },
  ])
    it(`are none behind ${ending.type}, whose steps stand for several tokens`, () =>
      expect(maskedTypes([embedding, ending, block, average])).to.deep.equal([]));

  it("are none where the input doesn't say so, as in versions of before and in generators", () => {
    const architecture = parseArchitecture({ layers: [embedding, block, average] });
    const { maskZero, ...before } = tokens(6);
    expect(maskZero).to.equal(true);
    expect(maskedLayers(architecture, before)).to.deep.equal([false, false, false]);
  });
});
