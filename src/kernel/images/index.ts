/*
 * Single images: PNG and JPEG, refused by their headers before memory is taken, decoded in threads to brightness or RGB
 * and stretched to a size. Archives of them are the room of datasets'; what is learnt from them is learning's.
 */
export { checkedHeader } from "./decode.js";
export { DecoderPool } from "./decoder-pool.js";
export { ColourMode, ImageFault, ImageTooLarge } from "./headers.js";
export { type PixelLimits, pixelLimits } from "./limits.js";
export { type Decoded, type ImageSize, mostExamplePixels, type Wanted } from "./messages.js";
