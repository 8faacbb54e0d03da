import { defineError } from "../../../kernel/errors.js";

export const TooManyGenerations = defineError(
  "TOO_MANY_GENERATIONS",
  "As many texts are being written as may be at once. Wait until one has ended.",
  "RATE_LIMITED",
);

export const GenerationTimedOut = defineError(
  "GENERATION_TIMED_OUT",
  "The text took too long and was given up; nothing of it was metered. Ask for fewer tokens, or read it as a subscription.",
);
