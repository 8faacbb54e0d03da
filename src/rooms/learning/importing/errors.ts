import { defineError } from "../../../kernel/errors.js";

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
