import { defineError, TenfoldError } from "../../../kernel/errors.js";

export const ModelFileInvalid = defineError(
  "MODEL_FILE_INVALID",
  "The file is no model of the format named, or it is damaged. Export the model again and send that.",
  "BAD_USER_INPUT",
);
export const ModelFileUnsupported = defineError(
  "MODEL_FILE_UNSUPPORTED",
  "The model uses something that is not served here. Export it without that.",
  "BAD_USER_INPUT",
);
export const ModelFileUnsafe = defineError(
  "MODEL_FILE_UNSAFE",
  "The file reaches for something outside itself or holds code. Leave that out.",
  "BAD_USER_INPUT",
);
export const ModelFileTooLarge = defineError(
  "MODEL_FILE_TOO_LARGE",
  "The model is larger than is allowed. Send a smaller one.",
  "BAD_USER_INPUT",
);
export const ModelFileMismatch = defineError(
  "MODEL_FILE_MISMATCH",
  "The model does not fit what was said of it. Correct the input of importModel, or send another file.",
  "BAD_USER_INPUT",
);

const ImportedModelFailed = defineError(
  "IMPORTED_MODEL_FAILED",
  "The imported model fails with these rows. Send such as it was made for, or try them with it in onnxruntime and import a model that takes them.",
  "BAD_USER_INPUT",
);

/** The graph's own fault with one row, whose place is told as in a request's `rows`. */
export function modelFailed(row: number): TenfoldError {
  const path = `rows.${row}`;
  const message =
    "The imported model fails with this row. Send rows such as it was made for, or try this one with it in onnxruntime and import a model that takes it.";
  return new ImportedModelFailed(`${path}: ${message}`, { fields: [{ path, message }] });
}

/** Number of the row that an imported model failed with; null for every other error. A class is lost between threads. */
export function failedRow(error: unknown): number | null {
  if (!(error instanceof TenfoldError) || error.code !== "IMPORTED_MODEL_FAILED") return null;
  const [field] = error.extensions["fields"] as { path: string }[];
  return Number(field?.path.slice("rows.".length));
}
