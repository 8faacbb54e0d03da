import { expect } from "chai";
import fc from "fast-check";
import type { ColumnKind, Row } from "../../../src/rooms/learning/cell.js";
import type { Feature } from "../../../src/rooms/learning/features.js";
import { fitFeature } from "../../../src/rooms/learning/fit-feature.js";
import {
  fitPreprocessing,
  inputWidth,
  type LearningTask,
  RowEncoder,
  vocabularyBytes,
} from "../../../src/rooms/learning/preprocessing.js";
import { fitTarget, hasTarget, targetValues } from "../../../src/rooms/learning/target.js";
import { codeOf } from "./data.js";

const columns = ["size", "warm", "colour", "kind"];
const task: LearningTask = {
  type: "CLASSIFICATION",
  target: "kind",
  features: [
    { column: "size", kind: "NUMBER" },
    { column: "warm", kind: "BOOLEAN" },
    { column: "colour", kind: "CATEGORY" },
  ],
};
const oddCell = fc.oneof(
  fc.constantFrom(
    null,
    "",
    "NA",
    "?",
    "1e99",
    "-1e100",
    "1e999",
    "NaN",
    "Infinity",
    "true",
    "no",
    "red",
    "blue",
    "0",
  ),
  fc.double().map(String),
  fc.string(),
);
const kind = fc.constantFrom("a", "b");
const oddRow: fc.Arbitrary<Row> = fc.tuple(oddCell, oddCell, oddCell, kind);
const someRows = fc.array(oddRow, { minLength: 1, maxLength: 30 }).map((rows) =>
  rows.concat([
    ["1", "true", "red", "a"],
    ["2", "false", "blue", "b"],
  ]),
);

const room = { mostWidth: 100, alone: false };
const feature = (kindOf: "NUMBER" | "BOOLEAN" | "CATEGORY", ...cells: (string | null)[]): Feature => {
  const fitted = fitFeature("x", kindOf, cells, room);
  if (!("feature" in fitted)) throw new Error(fitted.reason);
  return fitted.feature;
};
const reason = (column: string, kindOf: ColumnKind, cells: (string | null)[], alone = false) => {
  const fitted = fitFeature(column, kindOf, cells, { ...room, alone });
  return "reason" in fitted ? fitted.reason : "";
};
const encode = (fitted: Feature, cell: string | null) => [
  ...new RowEncoder([fitted], ["x"]).encode([[cell]]),
];

describe("learning: preprocessing", () => {
  it("standardises numbers after imputing the median", () => {
    const fitted = feature("NUMBER", "1", "3", null, "8");
    // With the median 3 for the missing cell: mean 15/4, squared deviations 7.5625 + 0.5625 × 2 + 18.0625.
    const deviation = Math.sqrt(26.75 / 4);
    expect(fitted).to.deep.include({ median: 3, mean: 3.75, indicator: true });
    expect(fitted).to.have.property("deviation").closeTo(deviation, 1e-12);
    expect(encode(fitted, "8")[0]).to.be.closeTo(4.25 / deviation, 1e-6);
    expect(encode(fitted, "?")[0]).to.be.closeTo(-0.75 / deviation, 1e-6);
    expect(encode(fitted, "?")[1]).to.equal(1);
    expect(encode(fitted, "eight")[1]).to.equal(1);
  });

  it("adds no indicator where training misses nothing, and imputes all the same", () => {
    const fitted = feature("NUMBER", "1", "2", "9");
    expect(encode(fitted, null)).to.deep.equal(encode(fitted, "2"));
    expect(encode(fitted, null)).to.have.length(1);
  });

  it("takes the mean of the two middle values as the median of an even number", () => {
    expect(feature("NUMBER", "1", "2", "4", "9")).to.have.property("median", 3);
  });

  it("leaves a constant number alone instead of dividing by zero", () => {
    expect(feature("NUMBER", "0.1", "0.1", "0.1")).to.have.property("deviation", 1);
    expect(encode(feature("NUMBER", "5", "5"), "5")).to.deep.equal([0]);
  });

  it("holds absurd numbers within twenty deviations", () => {
    expect(encode(feature("NUMBER", "1", "2"), "1e90")).to.deep.equal([20]);
    expect(encode(feature("NUMBER", "1", "2"), "-1e90")).to.deep.equal([-20]);
  });

  it("writes truth values as 0 and 1 and imputes the commoner", () => {
    expect(encode(feature("BOOLEAN", "yes", "no", "yes"), "")).to.deep.equal([1]);
    const gappy = feature("BOOLEAN", "no", "", "yes", "no");
    expect(encode(gappy, "true")).to.deep.equal([1, 0]);
    expect(encode(gappy, "NA")).to.deep.equal([0, 1]);
    expect(encode(gappy, "perhaps")).to.deep.equal([0, 1]);
  });

  it("encodes categories one-hot, missing as seen in training, unknown as nothing", () => {
    const whole = feature("CATEGORY", "red", "blue", "red");
    expect(encode(whole, "blue")).to.deep.equal([1, 0]);
    expect(encode(whole, " red ")).to.deep.equal([0, 1]);
    expect(encode(whole, null)).to.deep.equal([0, 0]);
    expect(encode(whole, "green")).to.deep.equal([0, 0]);
    const gappy = feature("CATEGORY", "red", "", "blue");
    expect(encode(gappy, "n/a")).to.deep.equal([0, 0, 1]);
    expect(encode(gappy, "green")).to.deep.equal([0, 0, 0]);
  });

  it("keeps the 64 most frequent categories", () => {
    const cells = Array.from({ length: 100 }, (_, place) =>
      Array<string>(place + 1).fill(`c${place}`),
    ).flat();
    const fitted = feature("CATEGORY", ...cells);
    expect(fitted.kind === "CATEGORY" && fitted.categories).to.have.length(64);
    expect(encode(fitted, "c99").includes(1)).to.equal(true);
    expect(encode(fitted, "c3").includes(1)).to.equal(false);
  });

  it("writes the term weights of a text beside other values, and zeros for an empty one", () => {
    const rows = Array.from({ length: 12 }, (_, place) => [
      String(place),
      place % 2 ? "a red car" : "a blue van",
      place % 2 ? "a" : "b",
    ]);
    const { features } = fitPreprocessing(
      {
        type: "CLASSIFICATION",
        target: "kind",
        features: [
          { column: "size", kind: "NUMBER" },
          { column: "note", kind: "TEXT" },
        ],
      },
      { columns: ["size", "note", "kind"], rows },
    );
    expect(features.map((one) => one.kind)).to.deep.equal(["NUMBER", "TEXT"]);
    const encoder = new RowEncoder(features, ["note", "size"]);
    const lengthOf = (note: string | null) => {
      const [size, ...weights] = encoder.encode([[note, "5.5"]]);
      expect(size).to.equal(0);
      expect(weights).to.have.length(encoder.width - 1);
      return Math.hypot(...weights);
    };
    expect(vocabularyBytes(features)).to.be.greaterThan(100 * (encoder.width - 1));
    // Words and pieces have a length of 1 each.
    expect(lengthOf("a red van")).to.be.closeTo(Math.SQRT2, 1e-6);
    for (const empty of ["", null, "NA", "😀", "\u0000"]) expect(lengthOf(empty)).to.equal(0);
  });

  it("gives texts fewer terms the more of them there are", () => {
    const texts = Array.from({ length: 400 }, (_, place) => `word${place >> 1} with`);
    const width = (mostWidth: number) => {
      const fitted = fitFeature("x", "TEXT", texts, { mostWidth, alone: false });
      return "feature" in fitted ? inputWidth([fitted.feature]) : 0;
    };
    expect(width(1_000_000)).to.be.within(401, 4_000);
    expect(width(60)).to.equal(60);
    expect(width(0)).to.equal(0);
  });

  it("leaves out what can't be used, and says why", () => {
    const names = Array.from({ length: 100 }, (_, place) => `name ${place}`);
    expect(reason("name", "CATEGORY", names)).to.contain("Nearly every row");
    const ids = Array.from({ length: 100 }, (_, place) => `k${place}`);
    expect(reason("id", "TEXT", ids)).to.contain("single words");
    expect(reason("id", "TEXT", ids, true)).to.equal("");
    expect(reason("note", "TEXT", ["ab cd", "ef gh"])).to.contain("in common");
    expect(reason("note", "TEXT", ["", null])).to.contain("No training row");
    expect(reason("x", "NUMBER", ["a", null])).to.contain("No training row");
    expect(reason("x", "BOOLEAN", [null])).to.contain("No training row");
    expect(reason("x", "CATEGORY", ["", "?"])).to.contain("No training row");
  });

  it("lists unused columns and refuses a plan without any usable feature", async () => {
    const rows = [
      ["1", "yes", "red", "a"],
      ["2", "no", "blue", "b"],
    ];
    const fitted = fitPreprocessing(
      { ...task, features: [{ column: "size", kind: "NUMBER" }] },
      { columns, rows },
    );
    expect(fitted.leftOut.map(({ column }) => column)).to.deep.equal(["warm", "colour"]);
    const onlyText = { ...task, features: [{ column: "colour", kind: "TEXT" as const }] };
    expect(await codeOf(() => fitPreprocessing(onlyText, { columns, rows }))).to.equal(
      "TRAINING_DATA_UNUSABLE",
    );
    const unknown = { ...task, features: [{ column: "weight", kind: "NUMBER" as const }] };
    expect(await codeOf(() => fitPreprocessing(unknown, { columns, rows }))).to.equal(
      "TRAINING_DATA_UNUSABLE",
    );
  });

  it("never uses the target as a feature", () => {
    const features = [...task.features, { column: "kind", kind: "CATEGORY" as const }];
    const rows = [
      ["1", "yes", "red", "a"],
      ["2", "no", "blue", "b"],
    ];
    const fitted = fitPreprocessing({ ...task, features }, { columns, rows });
    expect(fitted.features.map(({ column }) => column)).to.not.include("kind");
  });

  it("encodes any row without NaN or infinity", () => {
    fc.assert(
      fc.property(someRows, fc.array(oddRow), (training, rows) => {
        const { features } = fitPreprocessing(task, { columns, rows: training });
        const matrix = new RowEncoder(features, columns).encode([...rows, [], [null]]);
        expect(matrix.every(Number.isFinite)).to.equal(true);
      }),
    );
  });

  it("learns the same from the same rows in any order", () => {
    const orders = someRows.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    fc.assert(
      fc.property(orders, ([rows, mixed]) => {
        expect(fitPreprocessing(task, { columns, rows: mixed })).to.deep.equal(
          fitPreprocessing(task, { columns, rows }),
        );
      }),
    );
  });

  it("finds a feature's column by name, and treats an absent one as missing", () => {
    const fitted = [feature("NUMBER", "1", "2", null)];
    const [here] = new RowEncoder(fitted, ["y", "x"]).encode([["9", "2"]]);
    expect(here).to.equal(encode(fitted[0] as Feature, "2")[0]);
    expect([...new RowEncoder(fitted, ["y"]).encode([["9"]])]).to.deep.equal(
      encode(fitted[0] as Feature, null),
    );
  });

  it("survives a passage through JSON", () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const fitted = fitPreprocessing(task, { columns, rows });
        const again = JSON.parse(JSON.stringify(fitted)) as typeof fitted;
        const [one, two] = [fitted, again].map(({ features }) =>
          new RowEncoder(features, columns).encode(rows),
        );
        expect(one).to.deep.equal(two);
      }),
    );
  });
});

describe("learning: target", () => {
  it("sorts classes as text, or as numbers where all are numbers", () => {
    expect(fitTarget("CLASSIFICATION", "t", ["b", " a ", null, "B"])).to.have.deep.property("classes", [
      "B",
      "a",
      "b",
    ]);
    expect(fitTarget("CLASSIFICATION", "t", ["10", "9", "2"])).to.have.deep.property("classes", [
      "2",
      "9",
      "10",
    ]);
  });

  it("refuses one class, too many classes, and a number that is none", async () => {
    const many = Array.from({ length: 1_001 }, (_, place) => `c${place}`);
    for (const cells of [["a", "a"], [null], many]) {
      expect(await codeOf(() => fitTarget("CLASSIFICATION", "t", cells))).to.equal("TRAINING_DATA_UNUSABLE");
    }
    expect(await codeOf(() => fitTarget("REGRESSION", "t", ["a", "?"]))).to.equal("TRAINING_DATA_UNUSABLE");
  });

  it("gives class numbers, -1 for a class that training did not see", () => {
    const target = fitTarget("CLASSIFICATION", "t", ["a", "b"]);
    expect(targetValues(target, ["b", "c", "a"])).to.deep.equal([1, -1, 0]);
    expect(targetValues(fitTarget("REGRESSION", "t", ["1", "3"]), ["7"])).to.deep.equal([7]);
  });

  it("tells which cells can be learnt from", () => {
    expect(["1", "x", "NA"].map((cell) => hasTarget("REGRESSION", cell))).to.deep.equal([true, false, false]);
    expect(["1", "x", "NA"].map((cell) => hasTarget("CLASSIFICATION", cell))).to.deep.equal([
      true,
      true,
      false,
    ]);
  });
});
