import { ModelFileInvalid, ModelFileTooLarge } from "./errors.js";
import { importLimits } from "./limits.js";

/** Message types by the numbers of the fields that hold them; `packed` are lists of whole numbers, a byte or more each. */
interface MessageType {
  messages: Readonly<Record<number, () => MessageType>>;
  packed?: readonly number[];
}

const leaf: MessageType = { messages: {} };
const tensor: MessageType = {
  messages: { 3: () => leaf, 13: () => leaf },
  packed: [1, 5, 7, 11],
};
const sparse: MessageType = { messages: { 1: () => tensor, 2: () => tensor }, packed: [3] };
const shape: MessageType = { messages: { 1: () => leaf } };
const tensorType: MessageType = { messages: { 2: () => shape } };
const type: MessageType = {
  messages: { 1: () => tensorType, 4: () => element, 5: () => map, 8: () => tensorType, 9: () => element },
};
const element: MessageType = { messages: { 1: () => type } };
const map: MessageType = { messages: { 2: () => type } };
const valueInfo: MessageType = { messages: { 2: () => type } };
const attribute: MessageType = {
  messages: {
    5: () => tensor,
    6: () => graph,
    10: () => tensor,
    11: () => graph,
    14: () => type,
    15: () => type,
    22: () => sparse,
    23: () => sparse,
  },
  packed: [8],
};
const node: MessageType = { messages: { 5: () => attribute } };
const annotation: MessageType = { messages: { 2: () => leaf } };
const graph: MessageType = {
  messages: {
    1: () => node,
    5: () => tensor,
    11: () => valueInfo,
    12: () => valueInfo,
    13: () => valueInfo,
    14: () => annotation,
    15: () => sparse,
  },
};
const training: MessageType = { messages: { 1: () => graph, 2: () => graph, 3: () => leaf, 4: () => leaf } };
const functions: MessageType = { messages: { 7: () => node, 9: () => leaf, 11: () => attribute } };
const model: MessageType = {
  messages: { 7: () => graph, 8: () => leaf, 14: () => leaf, 20: () => training, 25: () => functions },
};

const damaged = (): Error =>
  new ModelFileInvalid("The file is no ONNX model, or it is cut off. Export the model again.");

/** Goes through the wire format (protobuf.dev/programming-guides/encoding) without making anything of it. */
class Scan {
  #at = 0;
  #fields = 0;

  constructor(private readonly bytes: Uint8Array) {}

  message(of: MessageType, end: number, depth: number): void {
    if (depth > importLimits.depth)
      throw new ModelFileTooLarge(
        `The model's parts lie more than ${importLimits.depth} deep in each other. Export the model again.`,
      );
    while (this.#at < end) {
      const key = this.#varint();
      const [number, wire] = [Math.floor(key / 8), key % 8];
      this.#count(1);
      if (number === 0) throw damaged();
      if (wire === 2) this.#delimited(of, number, end, depth);
      else this.#skip(wire);
      if (this.#at > end) throw damaged();
    }
  }

  #delimited({ messages, packed }: MessageType, number: number, end: number, depth: number): void {
    const length = this.#varint();
    const to = this.#at + length;
    if (to > end) throw damaged();
    const inner = Object.hasOwn(messages, number) ? messages[number] : undefined;
    if (inner) this.message(inner(), to, depth + 1);
    else if (packed?.includes(number)) this.#count(length);
    this.#at = to;
  }

  #skip(wire: number): void {
    if (wire === 0) this.#varint();
    else if (wire === 1) this.#at += 8;
    else if (wire === 5) this.#at += 4;
    // Groups are of a protobuf of before ONNX.
    else throw damaged();
  }

  #count(fields: number): void {
    this.#fields += fields;
    if (this.#fields > importLimits.fields)
      throw new ModelFileTooLarge(
        `The model has more than ${importLimits.fields} parts. Send a smaller one.`,
      );
  }

  /** Of at most ten bytes; beyond 2^53 no longer exact, which no length or field number of an honest file is. */
  #varint(): number {
    let value = 0;
    for (let place = 0; place < 10; place++) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw damaged();
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) return value;
    }
    throw damaged();
  }
}

/**
 * Counts what a decoder would make objects of, before it does. Throws MODEL_FILE_INVALID, MODEL_FILE_TOO_LARGE.
 */
export const scanOnnx = (bytes: Uint8Array): void => new Scan(bytes).message(model, bytes.length, 0);
