import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { encode } from "fast-png";
import { checkedHeader, decodeImage } from "./decode.js";
import { ImageFault, ImageTooLarge } from "./headers.js";
import type { Decoded, FromDecoder, ToDecoder, Wanted } from "./messages.js";
import { type Pixels, resized, withChannels } from "./pixels.js";

/* Entry of a decoding thread: sees images one by one, and neither tenant nor database. */

function thumbnailOf(image: Pixels, side: number): string {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const small = resized(
    image,
    Math.max(1, Math.round(image.width * scale)),
    Math.max(1, Math.round(image.height * scale)),
  );
  const { width, height, channels, pixels: data } = small;
  return `data:image/png;base64,${Buffer.from(encode({ width, height, channels, data, depth: 8 })).toString("base64")}`;
}

function answerOf(image: Pixels, wanted: Wanted): Pick<Decoded, "pixels" | "thumbnail"> {
  if (wanted.kind === "facts") return { pixels: null, thumbnail: null };
  if (wanted.kind === "thumbnail") return { pixels: null, thumbnail: thumbnailOf(image, wanted.side) };
  const { pixels } = resized(withChannels(image, wanted.channels), wanted.width, wanted.height);
  return { pixels, thumbnail: null };
}

function decoded({ bytes, wanted, limits }: ToDecoder): Decoded {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { type, width, height, mode } = checkedHeader(file, limits);
  const image = decodeImage(file, { type, width, height, mode });
  const hash = createHash("sha256").update(file).digest("hex");
  return { type, width, height, mode, hash, ...answerOf(image, wanted) };
}

function answer(message: ToDecoder): FromDecoder {
  const { id } = message;
  try {
    return { id, decoded: decoded(message) };
  } catch (error) {
    if (!(error instanceof ImageFault)) throw error;
    return { id, fault: { message: error.message, tooLarge: error instanceof ImageTooLarge } };
  }
}

parentPort?.on("message", (message: ToDecoder) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin, unlike a window
  parentPort?.postMessage(answer(message));
});
