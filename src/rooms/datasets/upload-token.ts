import { UploadTokens } from "../../kernel/uploads/index.js";

/** The tokens of datasets' upload URLs. */
export const datasetTokens = new UploadTokens("tup", "dataset");
