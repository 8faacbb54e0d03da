/**
 * Archives of images: read, checked, decoded in threads and profiled. Knows neither database nor GraphQL.
 *
 * Invariants: every size is refused by a header before memory is taken for it; nothing of an archive is decoded on the
 * main thread, nor more than a few files of it at once in memory; every error has a code and names the file.
 */
export { type ReadImage, readImages } from "./image-reader.js";
export { type ImageLimits, imageLimits } from "./limits.js";
export { type ImageProfile, ImageProfiler } from "./profile.js";
