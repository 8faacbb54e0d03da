import { largest } from "../metrics.js";
import { type NextTokenScore, scoreOf } from "./baselines.js";
import type { Generator } from "./generator.js";
import { generationLimits } from "./limits.js";

/** A window of one text, and which of its places are measured by it. */
interface MeasuredWindow {
  text: readonly number[];
  start: number;
  from: number;
  to: number;
}

/**
 * Windows over one text, so that every token but the first is measured once: with all before it, or in a text longer
 * than the context with at least half a context.
 */
export function measuredWindows(text: readonly number[], context: number): MeasuredWindow[] {
  const measured: MeasuredWindow[] = [];
  const step = Math.max(1, Math.floor(context / 2));
  for (let [start, done] = [0, 0]; done < text.length - 1; start += step) {
    const end = Math.min(start + context, text.length - 1);
    if (end > done) measured.push({ text, start, from: done - start, to: end - start });
    done = end;
  }
  return measured;
}

/** Log of the sum of exponentials of `width` scores from `at` on, shifted so that nothing overflows. */
function logSum(scores: Float32Array, at: number, width: number): number {
  const top = scores[at + largest(scores, at, width)] ?? 0;
  let sum = 0;
  // A loop: over thousands of words a token this is most of the time that measuring takes.
  for (let place = at; place < at + width; place++) sum += Math.exp((scores[place] ?? 0) - top);
  return top + Math.log(sum);
}

/** How well the network foretells each token of texts from those before it in the same text. */
export function measureTexts(generator: Generator, texts: readonly number[][]): NextTokenScore {
  const { context, size } = generator.tokens;
  const measured = texts.flatMap((text) => measuredWindows(text, context));
  const rows = Math.max(1, Math.min(64, Math.floor(generationLimits.scores / (context * size))));
  const sums = { nats: 0, hits: 0, tokens: 0 };
  for (let at = 0; at < measured.length; at += rows) {
    const batch = measured.slice(at, at + rows);
    const windows = new Float32Array(batch.length * context);
    batch.forEach(({ text, start }, row) => windows.set(text.slice(start, start + context), row * context));
    const scores = generator.scores(windows, batch.length);
    batch.forEach((window, row) => addScores(sums, window, scores, row * context * size, size));
  }
  return scoreOf(sums.nats, sums.hits, sums.tokens);
}

function addScores(
  sums: { nats: number; hits: number; tokens: number },
  { text, start, from, to }: MeasuredWindow,
  scores: Float32Array,
  begin: number,
  size: number,
): void {
  for (let place = from; place < to; place++) {
    const token = text[start + place + 1] ?? 0;
    const at = begin + place * size;
    sums.nats += logSum(scores, at, size) - (scores[at + token] ?? 0);
    sums.hits += Number(largest(scores, at, size) === token);
    sums.tokens++;
  }
}
