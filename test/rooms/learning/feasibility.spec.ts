import { expect } from "chai";
import fc from "fast-check";
import { Readable } from "node:stream";
import { profileTable, readTable, type TableProfile } from "../../../src/rooms/datasets/reading/index.js";
import {
  type Architecture,
  architectureLimits,
  parameterCount,
  parseArchitecture,
  parseChoice,
} from "../../../src/rooms/learning/architecture/index.js";
import type { ColumnKind, Row } from "../../../src/rooms/learning/cell.js";
import { infeasibility } from "../../../src/rooms/learning/feasibility.js";
import {
  fitPreprocessing,
  inputWidth,
  type LearningTask,
} from "../../../src/rooms/learning/preprocessing.js";
import { splitRows, splitSizes } from "../../../src/rooms/learning/split.js";
import { hasTarget, outputWidth } from "../../../src/rooms/learning/target.js";

const profileOf = async (columns: string[], rows: Row[]): Promise<TableProfile> => {
  const text = [columns, ...rows].map((cells) => cells.map((cell) => cell ?? "NA").join(",")).join("\n");
  const source = Readable.from([Buffer.from(`${text}\n`)]);
  return profileTable(await readTable(source, { format: "CSV", header: true }));
};

const kindIn = (profile: TableProfile, name: string): ColumnKind => {
  const kind = profile.columns.find((column) => column.name === name)?.kind ?? "EMPTY";
  return kind === "EMPTY" ? "TEXT" : kind;
};

const foreseen = (
  profile: TableProfile,
  task: LearningTask,
  architecture: Architecture | null = null,
  validationSplit = 0.1,
) =>
  infeasibility({ task, architecture, validationSplit, batchSize: 32 }, profile.rowCount, (name) => {
    const { missing = 0, distinct = 0, categories = [] } = profile.columns.find((c) => c.name === name) ?? {};
    return { missing, distinct, counts: categories.map(({ count }) => count) };
  });

/** Hidden layers that fill the limit to within one unit of the last of them. */
function largest(inputs: number, outputs: number): Architecture {
  const layersWith = (units: number): Architecture =>
    parseArchitecture({
      layers: [2_048, 2_048, 2_048, units].map((count) => ({ units: count, activation: "RELU" })),
    });
  let units = 1_000;
  while (parameterCount(layersWith(units), { shape: [inputs] }, outputs) > architectureLimits.parameters)
    units--;
  return layersWith(units);
}

const cell = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.constantFrom("red", "green", "blue") },
  { weight: 3, arbitrary: fc.nat(60).map((number) => `w${number}`) },
);
const number = fc.oneof(fc.constant(null), fc.nat(9).map(String));
const target = fc.oneof(fc.constant(null), fc.constantFrom("x", "y", "z"));
const tables = fc.array(fc.tuple(number, cell, target), { minLength: 1, maxLength: 120 });

describe("learning: what is bound to fail is known before it is tried", () => {
  const task = (features: LearningTask["features"]): LearningTask => ({
    type: "CLASSIFICATION",
    target: "t",
    features,
  });

  it("knows the sizes of the default split", () => {
    fc.assert(
      fc.property(fc.nat(400), fc.double({ min: 0, max: 0.5, noNaN: true }), (count, validationSplit) => {
        const parts = splitRows(count, { testFraction: 0.25, validationSplit, seed: 1 });
        expect(splitSizes(count, validationSplit)).to.deep.equal({
          train: parts.train.length,
          validation: parts.validation.length,
          test: parts.test.length,
        });
      }),
    );
  });

  it("never refuses what can be trained, not even a network that just fits", async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.constantFrom(0, 0.1, 0.5), async (rows, validationSplit) => {
        const columns = ["n", "c", "t"];
        const profile = await profileOf(columns, rows);
        const features = ["n", "c"].map((column) => ({ column, kind: kindIn(profile, column) }));
        const parts = splitRows(rows.length, { testFraction: 0.25, validationSplit, seed: 3 });
        const usable = (places: number[]): Row[] =>
          places.map((place) => rows[place] ?? []).filter((row) => hasTarget("CLASSIFICATION", row[2]));
        const train = usable(parts.train);
        if (train.length < 8 || usable(parts.test).length === 0) return;
        let fitted: ReturnType<typeof fitPreprocessing>;
        try {
          fitted = fitPreprocessing(task(features), { columns, rows: train });
        } catch {
          return;
        }
        const architecture = largest(inputWidth(fitted.features), outputWidth(fitted.target));
        expect(foreseen(profile, task(features), architecture, validationSplit)).to.equal(null);
        expect(foreseen(profile, task(features), null, validationSplit)).to.equal(null);
      }),
      { numRuns: 200 },
    );
  });

  const numbers = (count: number, row: (index: number) => string[]): Row[] =>
    Array.from({ length: count }, (_, index) => row(index));
  const one: LearningTask["features"] = [{ column: "n", kind: "NUMBER" }];

  it("asks for 8 rows to learn from and 1 to measure by, whatever is held out", async () => {
    const of = async (count: number, split: number) =>
      foreseen(
        await profileOf(
          ["n", "t"],
          numbers(count, (index) => [String(index), index % 2 ? "x" : "y"]),
        ),
        task(one),
        null,
        split,
      );
    expect(await of(10, 0)).to.equal(null);
    expect(await of(9, 0)).to.deep.include({ at: "rows" });
    expect(await of(20, 0.5)).to.deep.include({ at: "rows" });
    expect((await of(3, 0))?.message).to.match(/at most 3 .* at least 8 and 1/);
  });

  it("counts no row without a target", async () => {
    const rows = numbers(40, (index) => [String(index), index < 8 ? "x" : "NA"]);
    expect(foreseen(await profileOf(["n", "t"], rows), task(one))).to.deep.include({ at: "rows" });
  });

  it("counts the inputs and outputs that training rows have for certain", async () => {
    const rows = numbers(400, (index) => [`word ${index % 50}`, `class ${index % 40}`]);
    const profile = await profileOf(["c", "t"], rows);
    const words = task([{ column: "c", kind: "CATEGORY" }]);
    const layers = (units: number[]) =>
      parseArchitecture({ layers: units.map((count) => ({ units: count, activation: "RELU" })) });
    expect(foreseen(profile, words, layers([2_048, 2_048, 1_024]))).to.equal(null);
    const fault = foreseen(profile, words, layers([2_048, 2_048, 2_048, 1_024]));
    expect(fault).to.deep.include({ at: "architecture" });
    // 130 rows are held out, so 16 words of 8 rows and 13 classes of 10 rows might be in none of the others.
    expect(fault?.message).to.match(
      /34 inputs and 27 outputs .* 10,\d{3},\d{3} parameters, more than 10,000,000/,
    );
  });

  describe("of token numbers", () => {
    const facts = { missing: 0, distinct: 90, counts: [] };
    const embedding = { type: "EMBEDDING", dimensions: 8 } as const;
    const pooled = [embedding, { type: "GLOBAL_AVERAGE_POOLING" } as const];
    const judge = (features: LearningTask["features"], layers: object[], batchSize = 32) =>
      infeasibility(
        {
          task: task(features),
          architecture: parseArchitecture({ layers }),
          validationSplit: 0.1,
          batchSize,
        },
        100,
        () => facts,
      );
    const note = { column: "note", kind: "TEXT" } as const;

    it("lets one text pass, whatever its length may be", () => {
      expect(judge([note], pooled)).to.equal(null);
      const windows = { type: "CONV1D", filters: 4, kernelSize: 5, padding: "VALID" };
      expect(judge([note], [embedding, windows, { type: "FLATTEN" }])).to.equal(null);
    });

    it("refuses an EMBEDDING over anything else, and says over what", () => {
      const number = { column: "n", kind: "NUMBER" } as const;
      for (const features of [[number], [note, number], [note, { ...note, column: "more" }]])
        expect(judge(features, pooled)).to.deep.include({ at: "architecture" });
      expect(judge([note, number], pooled)?.message).to.match(
        /exactly one TEXT .* note \(TEXT\), n \(NUMBER\)/,
      );
    });

    it("refuses what no length can mend", () => {
      expect(judge([note], [embedding])?.message).to.match(/End with FLATTEN or a GLOBAL pooling/);
      const wide = Array.from({ length: 4 }, () => ({ units: 2_048 }));
      expect(judge([note], [...pooled, ...wide])?.message).to.match(/parameters, more than/);
    });
  });

  it("refuses columns without any value and tables that no memory holds", () => {
    const facts = { missing: 0, distinct: 2, counts: [] };
    const texts = task([{ column: "c", kind: "TEXT" }]);
    const plan = { architecture: null, validationSplit: 0.1, batchSize: 32 };
    expect(infeasibility({ ...plan, task: texts }, 100, () => facts)).to.equal(null);
    const empty = (column: string) => (column === "c" ? { ...facts, missing: 100 } : facts);
    expect(infeasibility({ ...plan, task: texts }, 100, empty)).to.deep.include({ at: "features" });
    const wide = task(
      Array.from({ length: 200 }, (_, at) => ({ column: `c${at}`, kind: "NUMBER" as const })),
    );
    expect(infeasibility({ ...plan, task: wide }, 1_000_000, () => facts)).to.equal(null);
    expect(infeasibility({ ...plan, task: wide }, 1_000_001, () => facts)).to.deep.include({ at: "rows" });
  });

  describe("of architectures beyond dense layers", () => {
    const full = { missing: 0, distinct: 50, counts: [] };
    const holes = { missing: 10, distinct: 50, counts: [] };
    const classes = { missing: 0, distinct: 2, counts: [50, 50] };
    const of = (width: number, choice: unknown, facts = full, batchSize = 32) => {
      const features = Array.from({ length: width }, (_, at) => ({
        column: `c${at}`,
        kind: "NUMBER" as const,
      }));
      const plan = {
        task: task(features),
        architecture: parseChoice(choice),
        validationSplit: 0.1,
        batchSize,
      };
      return infeasibility(plan, 100, (column) => (column === "t" ? classes : facts));
    };

    it("knows the shape where every column is a number without holes", () => {
      expect(of(64, { preset: "CNN_2D" })).to.equal(null);
      expect(of(60, { preset: "CNN_2D" })).to.deep.include({ at: "architecture" });
      const reshaped = {
        layers: [
          { type: "RESHAPE", shape: [10, 6] },
          { type: "LSTM", units: 4 },
        ],
      };
      expect(of(60, reshaped)).to.equal(null);
      expect(of(61, reshaped)?.message).to.match(/60 values, but gets \[61\]/);
    });

    it("lets through what the rows may yet make fit", () => {
      // Whether a column with holes becomes one input or two depends on which rows are held out.
      expect(of(60, { preset: "CNN_2D" }, holes)).to.equal(null);
      expect(of(33, { layers: [{ type: "RESHAPE", shape: [64, 1] }, { type: "FLATTEN" }] }, holes)).to.equal(
        null,
      );
    });

    it("refuses what fits none of the widths that the rows may yet bring", () => {
      const overColumns = { layers: [{ type: "CONV2D", filters: 4 }] };
      expect(of(8, overColumns, holes)?.message).to.match(/^CONV2D needs rows × columns × channels/);
      const reshaped = { layers: [{ type: "RESHAPE", shape: [17, 1] }, { type: "FLATTEN" }] };
      expect(of(8, reshaped, holes)?.message).to.match(/17 values/);
      // One of 9 to 18 inputs, and so perhaps 17.
      expect(of(9, reshaped, holes)).to.equal(null);
    });

    it("refuses sizes that can only grow, holes or not", () => {
      const large = { layers: Array.from({ length: 6 }, () => ({ units: 2_048 })) };
      for (const facts of [full, holes]) expect(of(8, large, facts)).to.deep.include({ at: "architecture" });
    });

    it("counts no more rows in a batch than there are to learn from", () => {
      const layers = [
        { type: "RESHAPE", shape: [32, 32, 1] },
        { type: "CONV2D", filters: 64 },
        { type: "GLOBAL_MAX_POOLING" },
      ];
      expect(of(1_024, { layers }, full, 4_096)).to.equal(null);
      const wider = layers.map((layer) => ("filters" in layer ? { ...layer, filters: 1_024 } : layer));
      expect(of(1_024, { layers: wider }, full, 4_096)).to.deep.include({ at: "batchSize" });
      expect(of(1_024, { layers: wider }, full, 8)).to.equal(null);
    });
  });
});
