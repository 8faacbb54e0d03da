/** What the pixels of an image file hold. */
export const ColourMode = {
  GREY: "GREY",
  GREY_ALPHA: "GREY_ALPHA",
  RGB: "RGB",
  RGBA: "RGBA",
  PALETTE: "PALETTE",
  CMYK: "CMYK",
} as const;
export type ColourMode = keyof typeof ColourMode;

/** What an image's own header says, found without decoding it. */
export interface ImageHeader {
  type: "PNG" | "JPEG";
  width: number;
  height: number;
  mode: ColourMode;
}

/** Its message ends the sentence that begins with the file's name. */
export class ImageFault extends Error {}

/** A fault that fewer pixels would mend. */
export class ImageTooLarge extends ImageFault {}

const pngSignature = Buffer.from("89504e470d0a1a0a", "hex");
/** Colour types of PNG and the bits a sample that each allows (ISO/IEC 15948, 11.2.2). */
const pngTypes: Record<number, { mode: ColourMode; depths: readonly number[] }> = {
  0: { mode: "GREY", depths: [1, 2, 4, 8, 16] },
  2: { mode: "RGB", depths: [8, 16] },
  3: { mode: "PALETTE", depths: [1, 2, 4, 8] },
  4: { mode: "GREY_ALPHA", depths: [8, 16] },
  6: { mode: "RGBA", depths: [8, 16] },
};
const jpegModes: Record<number, ColourMode> = { 1: "GREY", 3: "RGB", 4: "CMYK" };

const startOfScan = 0xda;
const standalone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
/** Baseline, extended and progressive; the others (lossless, arithmetic) no decoder here knows. */
const readableFrames = new Set([0xc0, 0xc1, 0xc2]);
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** A progressive file has about ten; each is a walk over all blocks. */
const mostScans = 64;

/** Reads the header of a PNG or a JPEG. Throws ImageFault for anything else and for a file that is cut off. */
export function headerOf(bytes: Buffer): ImageHeader {
  if (bytes.subarray(0, 8).equals(pngSignature)) return pngHeader(bytes);
  if (bytes.length > 3 && bytes.readUInt16BE(0) === 0xffd8 && bytes[2] === 0xff) return jpegHeader(bytes);
  throw new ImageFault("is no PNG and no JPEG. Send one of these.");
}

function pngHeader(bytes: Buffer): ImageHeader {
  if (bytes.length < 57 || bytes.readUInt32BE(8) !== 13 || bytes.toString("latin1", 12, 16) !== "IHDR")
    throw new ImageFault("is cut off or no PNG. Save it again and send that.");
  const type = pngTypes[bytes[25] ?? -1];
  // The decoder would take the bits of any pair for something, and give noise without a word.
  if (!type?.depths.includes(bytes[24] ?? 0))
    throw new ImageFault("has a colour type or depth that PNG does not know.");
  return { type: "PNG", width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), mode: type.mode };
}

/** Walks the segments of a JPEG (ITU-T T.81, annex B) to its frame, then looks that scans follow and an end. */
function jpegHeader(bytes: Buffer): ImageHeader {
  let header: ImageHeader | null = null;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff)
      throw new ImageFault("is damaged: a JPEG segment does not begin where it should.");
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff || standalone(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === startOfScan) return scanned(header, bytes, at);
    const length = bytes.readUInt16BE(at + 2);
    if (isFrame(marker)) header = frameOf(bytes, at, marker, header);
    at += 2 + Math.max(2, length);
  }
  throw new ImageFault("is cut off: the JPEG ends before its pixels.");
}

function frameOf(bytes: Buffer, at: number, marker: number, earlier: ImageHeader | null): ImageHeader {
  if (earlier) throw new ImageFault("has two frames.");
  if (!readableFrames.has(marker))
    throw new ImageFault("is a kind of JPEG that can't be read; save it as baseline.");
  if (at + 10 > bytes.length) throw new ImageFault("is cut off.");
  const mode = jpegModes[bytes[at + 9] ?? 0];
  if (!mode || bytes[at + 4] !== 8)
    throw new ImageFault("has a colour mode that can't be read; save it as RGB.");
  return { type: "JPEG", width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5), mode };
}

function scanned(header: ImageHeader | null, bytes: Buffer, from: number): ImageHeader {
  if (!header) throw new ImageFault("is damaged: the JPEG has pixels before its size.");
  let scans = 0;
  for (let at = bytes.indexOf("ffda", from, "hex"); at >= 0; at = bytes.indexOf("ffda", at + 2, "hex"))
    if (++scans > mostScans) throw new ImageFault("has more scans than any camera writes.");
  // The decoder would fill what is missing with grey, and nobody would know.
  if (bytes.lastIndexOf("ffd9", undefined, "hex") < from)
    throw new ImageFault("is cut off: the JPEG has no end.");
  return header;
}
