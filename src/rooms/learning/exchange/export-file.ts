/** A file of an export, in pieces that follow one another. */
export interface ExportFile {
  name: string;
  parts: Uint8Array[];
}

export const textFile = (name: string, text: string): ExportFile => ({ name, parts: [Buffer.from(text)] });

export const jsonFile = (name: string, content: unknown): ExportFile =>
  textFile(name, `${JSON.stringify(content, null, 2)}\n`);

/** The values as they lie in memory, without a copy: little-endian on every machine that Node runs on today. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
