/** Bounds of what a text generation may take; each keeps memory or time in hand whatever the texts are. */
export const generationLimits = {
  /** Tokens that the network sees at once. */
  context: { least: 8, most: 256 },
  /** Tokens of all training texts; of more texts an even sample is learnt from. 16 MB as numbers. */
  trainingTokens: 4_000_000,
  /** Windows that one epoch goes through at most, drawn anew for each: an epoch takes a bounded time. */
  epochTokens: 200_000,
  /** Tokens of held-out texts that are measured on; of more texts an even sample. */
  measuredTokens: 60_000,
  /** Different words kept; each is an output of every step. */
  words: 5_000,
  characters: 1_000,
  /** Scores of one batch in training and measuring: tokens × vocabulary, 64 MB. */
  scores: 16_000_000,
};

/** What a request to generate goes by where it says nothing. */
export const suitableRequest = { tokens: 200, temperature: 0.8 };

/** Bounds of one request to generate. */
export const requestLimits = {
  /** UTF-16 code units of a prompt; only its last tokens are seen. */
  prompt: 10_000,
  tokens: 1_000,
  temperature: 2,
  topK: 1_000,
  stops: 4,
  stopLength: 100,
};
