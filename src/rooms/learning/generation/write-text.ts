import type { SamplingOptions } from "./sampling.js";
import { type FinishReason, StopText } from "./stop-text.js";
import type { GeneratedTurn, GenerationTurn } from "./turn.js";

/** A text that is to be gone on with, and how. */
export interface GenerationRequest extends SamplingOptions {
  prompt: string;
  maxTokens: number;
  seed: number;
  /** The text ends before the first of these. */
  stop: readonly string[];
}

/** What came in one turn. */
export interface WrittenPiece {
  text: string;
  /** Tokens that were computed for it; those of a text that ends in the middle of one count as well. */
  tokens: number;
  /** Null while the text goes on. */
  finishReason: FinishReason | null;
}

/** Tokens of one turn at most. */
const mostTokens = 16;

/** Writes a text turn by turn, by whatever takes a turn. Who stops reading ends it. */
export async function* writeText(
  request: GenerationRequest,
  take: (turn: GenerationTurn) => Promise<GeneratedTurn>,
): AsyncGenerator<WrittenPiece, void> {
  const { prompt, maxTokens, stop, ...sampling } = request;
  const shown = new StopText(stop);
  let [seen, written]: [string | number[], number] = [prompt, 0];
  for (;;) {
    const most = Math.min(mostTokens, maxTokens - written);
    const turn = await take({ ...sampling, seen, written, most });
    written += turn.tokens;
    seen = turn.seen;
    const text = shown.push(turn.text);
    const finishReason = reasonFor(shown.stopped, turn.ended, written >= maxTokens);
    yield { text: finishReason ? text + shown.rest() : text, tokens: turn.tokens, finishReason };
    if (finishReason) return;
  }
}

function reasonFor(stopped: boolean, ended: boolean, full: boolean): FinishReason | null {
  if (stopped) return "STOP";
  if (ended) return "END";
  return full ? "LENGTH" : null;
}
