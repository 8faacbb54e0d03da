import { defineError } from "../../kernel/errors.js";

export const PersistedOperationLimit = defineError(
  "PERSISTED_OPERATION_LIMIT",
  "This tenant has as many registered operations as it may. Remove some first.",
  "QUOTA_EXCEEDED",
);
