import { createHash } from "node:crypto";
import type { z } from "zod";
import type { TenfoldErrorClass } from "../../kernel/errors.js";
import { schemaFaults } from "../../kernel/schema-faults.js";

const prefixBytes = 8;
const mostHeaderBytes = 16 * 2 ** 20;

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * One blob: 4 bytes of magic, the header's length as uint32, the header as JSON padded with spaces to a multiple of
 * four, then float32 values to the end; little-endian. The same content gives the same bytes.
 */
export function pack(magic: string, header: unknown, values: Float32Array): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 4) * 4;
  const bytes = Buffer.alloc(prefixBytes + headerBytes + values.byteLength, " ");
  bytes.write(magic, 0, 4, "latin1");
  bytes.writeUInt32LE(headerBytes, 4);
  json.copy(bytes, prefixBytes);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), prefixBytes + headerBytes);
  return bytes;
}

/** How `unpack` knows what it reads. `valueCount` says from the header how many values must follow. */
export interface Format<Header> {
  magic: string;
  header: z.ZodType<Header>;
  valueCount: (header: Header) => number;
  error: TenfoldErrorClass;
}

function readHeader<Header>(format: Format<Header>, bytes: Buffer, end: number): Header {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8", prefixBytes, end));
  } catch {
    throw new format.error(undefined, { fault: "The header is not JSON." });
  }
  const parsed = format.header.safeParse(json);
  if (parsed.success) return parsed.data;
  const [fault] = schemaFaults(parsed.error);
  throw new format.error(undefined, {
    fault: `The header is not valid at ${fault?.path}: ${fault?.message}`,
  });
}

/** Reads a blob of `pack`. Sizes are compared before anything is allocated. @throws `format.error` */
export function unpack<Header>(
  format: Format<Header>,
  content: Uint8Array,
): { header: Header; values: Float32Array } {
  const refuse = (fault: string) => new format.error(undefined, { fault });
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < prefixBytes || bytes.toString("latin1", 0, 4) !== format.magic)
    throw refuse("The beginning is not ours.");
  const headerBytes = bytes.readUInt32LE(4);
  const end = prefixBytes + headerBytes;
  if (headerBytes > mostHeaderBytes || end > bytes.length) throw refuse("The header is cut off or too long.");
  const header = readHeader(format, bytes, end);
  if (bytes.length - end !== format.valueCount(header) * 4)
    throw refuse("The number of values does not fit the header.");
  // A copy, because a Float32Array can't begin at any byte and the caller may reuse its buffer.
  const values = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + end, bytes.byteOffset + bytes.length),
  );
  if (values.some((value) => !Number.isFinite(value))) throw refuse("A value is not a finite number.");
  return { header, values };
}
