import { expect } from "chai";
import fc from "fast-check";
import {
  checkArchitecture,
  faultsOf,
  type InputShape,
  layerTypes,
  outline,
  parameterCount,
  parseArchitecture,
} from "../../../../src/rooms/learning/architecture/index.js";
import { fieldsOf } from "../data.js";
import { samples } from "./layers.js";

const of = (input: InputShape, ...layers: object[]) => outline(parseArchitecture({ layers }), input, 3);
const shapes = (input: InputShape, ...layers: object[]) =>
  of(input, ...layers).layers.map(({ shape }) => shape.join("×"));

describe("learning: shapes layer by layer", () => {
  it("has samples of every type", () => {
    const used = Object.values(samples).flatMap(({ architecture }) =>
      architecture.layers.map(({ type }) => type),
    );
    expect(new Set(used)).to.deep.equal(new Set(layerTypes));
  });

  it("follows windows, strides and padding", () => {
    const image = { shape: [28, 28, 1] };
    const kernel = { type: "CONV2D", filters: 8, kernelSize: 5 };
    expect(shapes(image, kernel, { type: "FLATTEN" })).to.deep.equal(["28×28×8", "6272", "3"]);
    expect(shapes(image, { ...kernel, padding: "VALID", strides: 2 }, { type: "FLATTEN" })[0]).to.equal(
      "12×12×8",
    );
    expect(shapes(image, { ...kernel, strides: 3 }, { type: "FLATTEN" })[0]).to.equal("10×10×8");
    expect(shapes({ shape: [9, 2] }, { type: "MAX_POOLING1D" }, { type: "FLATTEN" })[0]).to.equal("4×2");
    const overlapping = { type: "AVERAGE_POOLING1D", poolSize: 3, strides: 1, padding: "SAME" };
    expect(shapes({ shape: [9, 2] }, overlapping, { type: "FLATTEN" })[0]).to.equal("9×2");
  });

  it("counts the parameters of each layer as by hand", () => {
    const counts = (name: string) => {
      const { architecture, input } = samples[name] ?? {
        architecture: { layers: [] },
        input: { shape: [1] },
      };
      return outline(architecture, input, 2).layers.map(({ parameters }) => parameters);
    };
    // 3 × 2 × 4 + 4 and normalisation; 2 × 4 × 3 + 3.
    expect(counts("convolution over steps")).to.deep.equal([
      0,
      3 * 4 + 4 + 16,
      0,
      2 * 4 * 3 + 3,
      0,
      0,
      3 * 2 + 2,
    ]);
    expect(counts("two LSTM over tokens")).to.deep.equal([
      36,
      4 * (4 * 8 + 8 * 8 + 8),
      4 * (8 * 3 + 9 + 3),
      8,
    ]);
    expect(counts("two GRU over steps")).to.deep.equal([3 * (2 * 4 + 16 + 4), 3 * (4 * 3 + 9 + 3), 8]);
    const block = (units: number) => 4 * (8 * 8 + 8) + 2 * 16 + 8 * units + units + units * 8 + 8;
    expect(counts("transformer over tokens")).to.deep.equal([72, 48, 0, block(12), block(6), 16, 0, 18]);
  });

  const misfits: [input: InputShape, layers: object[], path: string, message: RegExp][] = [
    [
      { shape: [64] },
      [{ units: 8 }, { type: "CONV2D", filters: 3 }],
      ".1",
      /rows × columns × channels, but gets \[8\]. Put a RESHAPE/,
    ],
    [{ shape: [64] }, [{ type: "LSTM", units: 3 }], ".0", /steps × channels, but gets \[64\]/],
    [
      { shape: [4, 4, 1] },
      [{ type: "CONV2D", filters: 1, kernelSize: 5, padding: "VALID" }],
      ".0",
      /windows of 5/,
    ],
    [{ shape: [63] }, [{ type: "RESHAPE", shape: [8, 8, 1] }], ".0", /64 values, but gets \[63\] of 63/],
    [
      { shape: [6, 10] },
      [{ type: "TRANSFORMER_BLOCK", heads: 4, units: 8 }],
      ".0",
      /10 channels can't be divided among 4/,
    ],
    [{ shape: [6], vocabulary: 5 }, [{ units: 4 }], ".0", /Put an EMBEDDING before it/],
    [{ shape: [6], vocabulary: 5 }, [], "", /Begin with an EMBEDDING/],
    [{ shape: [6] }, [{ type: "EMBEDDING", dimensions: 4 }], ".0", /only be the first layer over tokens/],
    [
      { shape: [6, 2] },
      [{ type: "GRU", units: 4, returnSequences: true }],
      "",
      /End with FLATTEN or a GLOBAL pooling/,
    ],
    [{ shape: [9] }, [{ type: "GLOBAL_MAX_POOLING" }], ".0", /Leave it out/],
    [{ shape: [1_000_000, 1_000_000, 1_000_000] }, [{ type: "FLATTEN" }], ".0", /every single row/],
    [
      { shape: [9, 1_000_000, 1] },
      [
        { type: "RESHAPE", shape: [1_000_000, 9] },
        { type: "TRANSFORMER_BLOCK", heads: 3, units: 4 },
      ],
      ".1",
      /\[1000000, 9\] of every single row/,
    ],
    [{ shape: [1_025, 1] }, [{ type: "LSTM", units: 4 }], ".0", /at most 1024 steps/],
  ];
  for (const [input, layers, place, message] of misfits) {
    it(`says where and why: ${message.source}`, () => {
      const { fault } = of(input, ...layers);
      expect(fault?.path).to.equal(`architecture.layers${place}`);
      expect(fault?.message).to.match(message);
    });
  }

  it("refuses a billion parameters and a batch that no memory holds, from numbers alone", () => {
    const wide = parseArchitecture({ layers: [{ units: 2_048 }] });
    expect(faultsOf(wide, { shape: [500_000] }, 2, 1))
      .to.have.nested.property("0.message")
      .that.matches(/1,024,\d{3},\d{3}/);
    const image = parseArchitecture({
      layers: [{ type: "CONV2D", filters: 64 }, { type: "GLOBAL_MAX_POOLING" }],
    });
    expect(faultsOf(image, { shape: [512, 512, 3] }, 2, 1)).to.deep.equal([]);
    const [path] = fieldsOf(() => checkArchitecture(image, { shape: [512, 512, 3] }, 2, 64)).map(
      (f) => f.path,
    );
    expect(path).to.equal("hyperparameters.batchSize");
  });

  it("gives the output layer whatever fits, and never more or less parameters than weights", () => {
    const side = fc.integer({ min: 1, max: 12 });
    const kernel = fc.record({
      type: fc.constant("CONV2D"),
      filters: side,
      kernelSize: fc.integer({ min: 1, max: 4 }),
      strides: fc.integer({ min: 1, max: 3 }),
      padding: fc.constantFrom("SAME", "VALID"),
    });
    fc.assert(
      fc.property(fc.tuple(side, side, side), fc.array(kernel, { maxLength: 4 }), (shape, layers) => {
        const architecture = parseArchitecture({ layers: [...layers, { type: "FLATTEN" }] });
        const { layers: outlines, fault } = outline(architecture, { shape }, 2);
        if (fault) return;
        expect(outlines.every((layer) => layer.shape.every((length) => length >= 1))).to.equal(true);
        const sum = outlines.reduce((total, { parameters }) => total + parameters, 0);
        expect(parameterCount(architecture, { shape }, 2)).to.equal(sum);
      }),
    );
  });

  it("refuses settings that a layer does not have, unknown layers, and values beyond the bounds", () => {
    const layers = [
      { type: "LAMBDA", code: "x" },
      { type: "LSTM", units: 8, filters: 3 },
      { type: "CONV1D", filters: 0 },
      { type: "RESHAPE", shape: [1, 1, 1, 1] },
      { type: "DROPOUT", dropout: 1 },
      { type: "EMBEDDING", dimensions: 1e9 },
    ];
    const paths = fieldsOf(() => parseArchitecture({ layers })).map(({ path }) => path);
    expect(paths).to.have.members([
      "architecture.layers.0.type",
      "architecture.layers.1.filters",
      "architecture.layers.2.filters",
      "architecture.layers.3.shape",
      "architecture.layers.4.dropout",
      "architecture.layers.5.dimensions",
    ]);
  });
});
