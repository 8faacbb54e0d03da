/**
 * Files that are PUT to a URL whose token is the credential. Invariants: a process takes few at once and no tenant holds
 * all places; who sends too slowly loses its place; whoever stops gets an answer before its connection is cut.
 */
export { chunksOf } from "./chunks.js";
export { uploadPaces } from "./pace.js";
export { type UploadReceiver, uploadRoutes } from "./routes.js";
export { UploadSlots, uploadSlots } from "./slots.js";
export { newUploadSecret, UploadTokens } from "./token.js";
