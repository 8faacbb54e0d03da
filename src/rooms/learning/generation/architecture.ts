import {
  type Architecture,
  type ArchitectureChoice,
  type InputShape,
  parseChoice,
  resolveArchitecture,
} from "../architecture/index.js";
import type { TextUnit } from "../encoding/index.js";
import { embeddingTokens } from "../token-input.js";

/** Tokens that the network sees at once, unless said otherwise: about a line of text. */
const suitableContext: Record<TextUnit, number> = { CHARACTER: 64, WORD: 24 };

/** How texts are read: taken apart into what, and how many of these are seen at once at most. */
export interface TextReading {
  tokens: TextUnit;
  contextLength: number;
}

/** As the EMBEDDING says, else as the training was told, else by characters. */
export function textReading(
  choice: ArchitectureChoice | Architecture | null,
  settings: Partial<TextReading>,
): TextReading {
  const tokens = embeddingTokens(choice) ?? settings.tokens ?? "CHARACTER";
  return { tokens, contextLength: settings.contextLength ?? suitableContext[tokens] };
}

/**
 * A network that suits a first try: it learns the spelling of a small corpus in about a minute. The same texts are far
 * fewer words than characters, so words are soon learnt by heart without dropout, and the output over thousands of words is most
 * of the work (measured on sms-spam).
 */
export const suitableGenerator = (input: InputShape, unit: TextUnit): Architecture =>
  resolveArchitecture(
    parseChoice({
      preset: "GRU",
      parameters:
        unit === "WORD"
          ? { units: 64, dimensions: 48, dropout: 0.3 }
          : { units: 160, dimensions: 48, dropout: 0 },
    }),
    input,
  );
