import { defineError } from "../../kernel/errors.js";

export const TooManyOperations = defineError(
  "TOO_MANY_OPERATIONS",
  "This tenant has as many registered operations as it may. Remove some first.",
);
