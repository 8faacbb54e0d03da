import { type InputShape, outline, rowsAtOnce, sizeOf } from "../architecture/index.js";
import type { Artefact } from "../artefact.js";
import { paddingToken, unknownToken } from "../encoding/token-sequence.js";
import { type Forward, forwardNetwork } from "../network/index.js";
import type { Engine, ServingNetwork } from "../predictor-network.js";
import { seededRandom } from "../random.js";
import { networkSides } from "./described.js";
import { encodeOnnx } from "./onnx.js";
import { OnnxNetwork } from "./onnx-network.js";

/** How far the scores of two engines may be apart: absolutely, or as a share of scores beyond 1. */
const tolerance = 1e-5;
const sampleRows = 16;

/**
 * Rows as an encoder would give them: at rest, within one and three deviations, and with one value in eight at the
 * ends of the scale. All values there at once would compare nothing but the rounding of sums that no data has.
 */
function samples(input: InputShape): Float32Array {
  const { shape, vocabulary } = input;
  const width = sizeOf(shape);
  const random = seededRandom("engines", width);
  const kinds = [
    () => 0,
    () => random() * 2 - 1,
    () => random() * 6 - 3,
    () => (random() < 1 / 8 ? random() * 40 - 20 : random() * 2 - 1),
  ];
  return Float32Array.from({ length: sampleRows * width }, (_, at) => {
    const row = Math.floor(at / width);
    if (vocabulary !== undefined) {
      const token = Math.floor(random() * vocabulary);
      if (!input.maskZero) return token;
      return at % width < paddingOf(row, width) ? paddingToken : Math.max(unknownToken, token);
    }
    return kinds[row % kinds.length]?.() ?? 0;
  });
}

/** From a text without a word to one without padding, which where it is left out comes before all words. */
const paddingOf = (row: number, width: number): number => Math.round((width * row) / (sampleRows - 1));

/** Whether all values are the same within `tolerance`; what is not finite agrees with nothing. */
export const agree = (expected: Float32Array, actual: Float32Array): boolean =>
  expected.length === actual.length &&
  expected.every((value, at) => {
    const distance = Math.abs(value - (actual[at] ?? Number.NaN));
    return distance <= tolerance * Math.max(1, Math.abs(value));
  });

/** The network in tfjs. */
class TfjsNetwork implements ServingNetwork {
  readonly engine = "TFJS";
  constructor(private readonly network: Forward) {}

  get bytes(): number {
    return this.network.bytes;
  }

  run(matrix: Float32Array, rows: number): Promise<Float32Array> {
    return Promise.resolve(this.network.run(matrix, rows));
  }

  dispose(): Promise<void> {
    this.network.dispose();
    return Promise.resolve();
  }
}

/** The network in onnxruntime. Rejects with the runtime's own error where it can't run it. */
export async function loadOnnx(artefact: Artefact): Promise<OnnxNetwork> {
  const { input, outputs } = networkSides(artefact);
  const { layers } = outline(artefact.architecture, input, outputs);
  // In fours, as OnnxNetwork fills rows up.
  const limits = { shape: input.shape, rowsAtOnce: rowsAtOnce(layers, 4) };
  return OnnxNetwork.load(encodeOnnx(artefact), limits);
}

/** The network in onnxruntime, or null where the runtime can't run it or answers otherwise than `reference`. */
async function quickNetwork(artefact: Artefact, reference: ServingNetwork): Promise<OnnxNetwork | null> {
  const network = await loadOnnx(artefact).catch(() => null);
  if (!network) return null;
  if (await answersAlike(reference, network, samples(networkSides(artefact).input))) return network;
  await network.dispose();
  return null;
}

/** False also where a sample can't be computed: what fails here would fail a request. */
async function answersAlike(
  reference: ServingNetwork,
  other: ServingNetwork,
  rows: Float32Array,
): Promise<boolean> {
  try {
    return agree(await reference.run(rows, sampleRows), await other.run(rows, sampleRows));
  } catch {
    return false;
  }
}

/**
 * The quickest of the allowed engines that answers as tfjs, which trained the network, does. The back end of tfjs
 * must be started.
 */
export async function chooseNetwork(artefact: Artefact, allowed: readonly Engine[]): Promise<ServingNetwork> {
  const { input, outputs } = networkSides(artefact);
  const { architecture, weights } = artefact;
  const reference = new TfjsNetwork(forwardNetwork(architecture, weights, input, outputs));
  const quick = allowed.includes("ONNXRUNTIME") ? await quickNetwork(artefact, reference) : null;
  if (!quick) return reference;
  await reference.dispose();
  return quick;
}
