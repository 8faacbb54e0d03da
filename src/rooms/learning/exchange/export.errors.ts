import { defineError } from "../../../kernel/errors.js";

export const ExportUnsupported = defineError(
  "EXPORT_UNSUPPORTED",
  "This format can't express the version's network. Choose another format.",
  "BAD_USER_INPUT",
);
