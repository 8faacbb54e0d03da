import { expect } from "chai";
import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { TenfoldError } from "../../../../src/kernel/errors.js";
import { type ImportFormat, importModel } from "../../../../src/rooms/learning/importing/index.js";
import { readOnnx } from "../../../../src/rooms/learning/importing/onnx-model.js";
import { readImport } from "../../../../src/rooms/learning/importing/read-import.js";
import { artefactOf, everyLayer } from "../exchange/artefacts.js";
import { layered } from "../exchange/layered.js";
import { exported, planFor } from "./support.js";

const artefact = artefactOf(everyLayer.slice(0, 4), 3);
const named = layered.find(([name]) => name === "LSTM over LSTM")?.[1] ?? artefact;
const files: Record<ImportFormat, Uint8Array[]> = {
  ONNX: [artefact, named].map((each) => exported(each, "ONNX")),
  TFJS: [artefact, named].map((each) => exported(each, "TFJS")),
};

const change = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  byte: fc.integer({ min: 0, max: 255 }),
});
const one = fc.array(change, { minLength: 1, maxLength: 1 });
const changes = fc.array(change, { minLength: 1, maxLength: 12 });
const cut = fc.oneof(
  { weight: 4, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
);

/** The file with some bytes changed, and perhaps cut off. */
function mutated(file: Uint8Array, bytes: { at: number; byte: number }[], share: number): Uint8Array {
  const copy = Buffer.from(file);
  for (const { at, byte } of bytes) copy[Math.floor(at * copy.length)] = byte;
  return copy.subarray(0, Math.ceil(copy.length * share));
}

/** Reads or refuses by a declared error; anything else fails. */
async function isDeclared(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof TenfoldError && error.code.startsWith("MODEL_FILE_")) return false;
    throw error;
  }
}

describe("importing: files with bytes changed", () => {
  const plan = (format: ImportFormat) => planFor(format, { type: "CLASSIFICATION" });

  it("ONNX is read or refused, never anything else", () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1), changes, cut, async (which, bytes, share) => {
        await isDeclared(() => readOnnx(mutated(files.ONNX[which] ?? new Uint8Array(), bytes, share)));
      }),
      { numRuns: 400 },
    ));

  it("archives are read or refused, never anything else", () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1), changes, cut, async (which, bytes, share) => {
        await isDeclared(() =>
          readImport(mutated(files.TFJS[which] ?? new Uint8Array(), bytes, share), plan("TFJS")),
        );
      }),
      { numRuns: 100 },
    ));

  it("so are the files within them", () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(1),
        fc.constantFrom("model.json", "preprocessing.json", "weights.bin"),
        changes,
        async (which, name, bytes) => {
          const within = unzipSync(files.TFJS[which] ?? new Uint8Array());
          const packed = zipSync(
            { ...within, [name]: mutated(within[name] ?? new Uint8Array(), bytes, 1) },
            { level: 0 },
          );
          await isDeclared(() => readImport(packed, plan("TFJS")));
        },
      ),
      { numRuns: 200 },
    ));

  it("and so are those that the runtime gets to see, in its sandbox", async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(one, async (bytes) => {
        const file = mutated(files.ONNX[1] ?? new Uint8Array(), bytes, 1);
        if (await isDeclared(() => importModel(file, plan("ONNX")))) read++;
      }),
      { numRuns: 12, seed: 7 },
    );
    // Most bytes are weights, and other weights make another model.
    expect(read).to.be.greaterThan(0);
  }).timeout(120_000);
});
