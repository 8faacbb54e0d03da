import { expect } from "chai";
import { onWhite, type Pixels, resized, withChannels } from "../../../../src/kernel/images/pixels.js";
import { type Artefact, packArtefact } from "../../../../src/rooms/learning/artefact.js";
import type { Layer } from "../../../../src/rooms/learning/architecture/index.js";
import type { Cell } from "../../../../src/rooms/learning/cell.js";
import { startBackend } from "../../../../src/rooms/learning/compute/engine.js";
import { imageCell, type TextUnit } from "../../../../src/rooms/learning/encoding/index.js";
import { Predictor } from "../../../../src/rooms/learning/predictor.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";
import { weigh } from "./artefacts.js";
import { attentiveBefore, attentivePadding, attentiveTokens, pooledTokens } from "./layered.js";
import { has, predictions } from "./python.js";
import { textRows } from "./texts.js";

const classes = ["k0", "k1", "k2"];
const target = { type: "CLASSIFICATION" as const, column: "kind", classes };

async function ours(artefact: Artefact, cells: readonly Cell[][]): Promise<Float64Array> {
  const predictor = await Predictor.load(packArtefact(artefact).bytes, ["TFJS"]);
  const outputs = await predictor.run(cells);
  await predictor.dispose();
  return outputs;
}

async function compare(artefact: Artefact, cells: readonly Cell[][], rows: readonly object[]): Promise<void> {
  const expected = await ours(artefact, cells);
  const theirs = predictions(artefact, rows) as { probabilities: Record<string, number> }[];
  expect(theirs).to.have.length(rows.length);
  theirs.forEach(({ probabilities }, row) =>
    classes.forEach((label, at) =>
      expect(probabilities[label], JSON.stringify(rows[row])).to.be.closeTo(
        expected[row * 3 + at] ?? Number.NaN,
        1e-5,
      ),
    ),
  );
}

describe("learning: generated Python over", () => {
  before(function () {
    // Python is no part of Tenfold: where it lacks numpy there is nothing to compare with.
    if (!has("numpy")) this.skip();
    return startBackend();
  });

  const texts = [
    ...textRows.flatMap((row) => Object.values(row).filter((value) => typeof value === "string")),
    "",
    "w1 w2",
    "W3, w4! unknown\u00ad w5 w6 w7 w8 w9 w10 w11 w12 w13 w14",
    "日本語 ｗ１ W２ 👩‍👩‍👧 naïve cafe\u0301",
  ];

  const words: [string, Artefact][] = [
    ["", attentiveTokens],
    [", from before padding was left out,", attentiveBefore],
    [", with what causal blocks make of padding,", attentivePadding],
    ...pooledTokens.slice(1).map(([name, artefact]): [string, Artefact] => [`, ${name},`, artefact]),
  ];
  for (const [name, artefact] of words)
    it(`tokens of words${name} predicts what Tenfold does`, () =>
      compare(
        artefact,
        texts.map((text) => [text]),
        texts.map((note) => ({ note })),
      ));

  it("tokens of characters predicts what Tenfold does", () => {
    const unit: TextUnit = "CHARACTER";
    const tokens = Array.from(" abcdew0123456789日本é👩!");
    const sequence = { unit, length: 12, tokens, different: 60 };
    const layers: Layer[] = [
      { type: "EMBEDDING", dimensions: 6 },
      { type: "GRU", units: 5, returnSequences: false, dropout: 0, l2: 0 },
    ];
    const features: Artefact["preprocessing"]["features"] = [{ kind: "TOKENS", column: "note", sequence }];
    return compare(
      weigh({ features, leftOut: [], target }, { layers }),
      texts.map((text) => [text]),
      texts.map((note) => ({ note })),
    );
  });

  for (const channels of [1, 3] as const)
    it(`images with ${channels} channels scales and predicts as Tenfold does, from any size`, () => {
      const random = seededRandom("images", channels);
      const sizes = [
        [6, 5],
        [13, 17],
        [3, 2],
        [1, 1],
        [20, 4],
      ];
      const images = sizes.flatMap(([width = 1, height = 1]) =>
        [1, 2, 3, 4].map((sides): Pixels => {
          const pixels = Uint8Array.from({ length: width * height * sides }, () =>
            Math.floor(random() * 256),
          );
          return { width, height, channels: sides, pixels };
        }),
      );
      const mean = Array<number>(channels).fill(120.5);
      const deviation = Array<number>(channels).fill(61.25);
      const layers: Layer[] = [
        {
          type: "CONV2D",
          filters: 4,
          kernelSize: 3,
          strides: 1,
          padding: "SAME",
          activation: "RELU",
          dropout: 0,
          l2: 0,
          batchNormalization: true,
        },
        { type: "FLATTEN" },
      ];
      const artefact = weigh(
        {
          features: [{ kind: "IMAGE", column: "image", width: 6, height: 5, channels, mean, deviation }],
          leftOut: [],
          target: { ...target, type: "IMAGE" },
        },
        { layers },
      );
      const cells = images.map((image) => [
        imageCell(resized(withChannels(onWhite(image), channels), 6, 5).pixels),
      ]);
      return compare(
        artefact,
        cells,
        images.map((image) => ({ image: nested(image) })),
      );
    });

  it("plain numbers of an imported network gives its outputs, and refuses a row without one", () => {
    const artefact = weigh(
      {
        features: [{ kind: "RAW", column: "a" }],
        leftOut: [],
        target: { type: "CUSTOM", column: "y", width: 2 },
      },
      { layers: [] },
    );
    const [{ values } = { values: [] }] = predictions(artefact, [{ a: "100" }]) as { values: number[] }[];
    const [first = 0, second = 0, ...biases] = artefact.weights;
    expect(values?.[0]).to.be.closeTo(100 * first + (biases[0] ?? 0), 1e-4);
    expect(values?.[1]).to.be.closeTo(100 * second + (biases[1] ?? 0), 1e-4);
    expect(() => predictions(artefact, [{ a: null }])).to.throw(/needs a number/);
  });
});

/** As JSON has it: rows of pixels of channels. */
function nested({ width, height, channels, pixels }: Pixels): number[][][] {
  const at = (y: number, x: number): number => (y * width + x) * channels;
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => [...pixels.subarray(at(y, x), at(y, x) + channels)]),
  );
}
