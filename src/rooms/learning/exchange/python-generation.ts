import type { TokenSequence } from "../encoding/index.js";
import { firstToken, unknownToken } from "../encoding/token-sequence.js";
import { readCharacters } from "../encoding/plain-text.js";
import { suitableRequest } from "../generation/limits.js";
import { endToken } from "../generation/text-tokens.js";
import { characterClasses, pythonCut, unicodeNote } from "./python-classes.js";

/** What a file that writes texts says of itself. */
export const pythonWriting = `generate(prompt) gives what follows the prompt, without it. With temperature 0 or top_k 1 that is what Tenfold writes,
token for token; a seed makes the choices that it makes there, as far as sums round alike. As a program it reads JSON
Lines such as {"prompt": "Once", "length": 50} from standard input, with what generate takes, and writes JSON Lines.`;

/** The classes of the regular expressions of `generation/text-tokens.ts`. */
const classes = {
  INVISIBLE: "\\p{Cf}",
  SPACE: "[\\p{Cc}\\p{Z}\\s]",
  LETTER: "[\\p{L}\\p{M}\\p{N}]",
};

const numbers = `
UNKNOWN = ${unknownToken}
FIRST = ${firstToken}
END = ${endToken}
MOST_READ = ${readCharacters}
`;

const reading = String.raw`
SEQUENCE = PREPROCESSING["features"][0]["sequence"]
CONTEXT = SEQUENCE["length"]
TOKENS = SEQUENCE["tokens"]
NUMBERS = {token: FIRST + place for place, token in enumerate(TOKENS)}
SPACES = re.compile(f"[{SPACE}]+")
UNSEEN = re.compile(f"[{INVISIBLE}]+")
PIECES = re.compile(f" ?[{LETTER}']{{1,64}}| ?[^{LETTER}' ]| ")

`;

/** A text to token numbers, as `text-tokens.ts` reads it. */
const encoding = String.raw`

def readable(prompt):
    """NFC, without invisible characters, and one space for each run of white space and controls; none before it."""
    composed = unicodedata.normalize("NFC", cut(prompt, MOST_READ, "replace"))
    return SPACES.sub(" ", UNSEEN.sub("", composed)).lstrip(" ")


def encode(prompt):
    """Numbers of the prompt's tokens after the end of the text before; what is not known is unknown."""
    plain = readable(prompt)
    # The space before a word belongs to that word, which is still to come.
    pieces = PIECES.findall(plain.rstrip(" ")) if SEQUENCE["unit"] == "WORD" else list(plain)
    return [END] + [NUMBERS.get(piece, UNKNOWN) for piece in pieces]


def is_spaced(prompt):
    """Whether the space before the next word is there already, or none is wanted."""
    plain = readable(prompt)
    return SEQUENCE["unit"] == "WORD" and (plain == "" or plain.endswith(" "))
`;

/** Choosing tokens, as `sampling.ts` and `turn.ts` do. */
const writing = String.raw`

def next_scores(seen):
    """Scores of every token after those seen, of which the last count: they stand at the beginning of the window."""
    window = np.zeros((1, CONTEXT), np.float32)
    last = seen[-CONTEXT:]
    window[0, : len(last)] = last
    return network(window, WEIGHTS, NUMPY)[0, len(last) - 1]


def draw(seed, place):
    """The number from 0 up to 1 for one token: the first of sfc32, which the hash of seed and place has set up."""
    parts = json.dumps([seed, "token", place], separators=(",", ":"))
    a, b, _, counter = struct.unpack("<4I", hashlib.sha256(parts.encode()).digest()[:16])
    return ((a + b + counter) % 2**32) / 2**32


def choose(scores, temperature, top_k, top_p, number):
    """One of the top_k likeliest tokens, and of these of as few as have the probability top_p together."""
    # Padding and the unknown stand for no text. Of equal scores the first comes first.
    ranked = FIRST + np.argsort(-scores[FIRST:], kind="stable")
    ranked = ranked[: 1 if temperature == 0 else top_k]
    powers = np.exp((scores[ranked] - scores[ranked[0]]).astype(np.float64) / (temperature or 1))
    if top_p is not None:
        reached = np.cumsum(powers) >= top_p * powers.sum()
        powers = powers[: int(reached.argmax()) + 1 if reached.any() else None]
    over = np.cumsum(powers / powers.sum()) > number
    return int(ranked[over.argmax() if over.any() else len(powers) - 1])


def tokens_after(prompt, length, temperature, top_k, top_p, seed):
    """The tokens that follow, one by one, up to the end of the text."""
    if length < 1 or temperature < 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError("length and top_k are 1 or more, temperature is 0 or more, top_p from 0 to 1.")
    seen = encode(prompt)
    for place in range(length):
        token = choose(next_scores(seen), temperature, top_k, top_p, draw(seed, place))
        if token == END:
            return
        seen.append(token)
        yield token
`;

const ending = String.raw`
    tokens = tokens_after(prompt, length, temperature, top_k, top_p, seed)
    text = "".join(TOKENS[token - FIRST] for token in tokens)
    return text.lstrip(" ") if is_spaced(prompt) else text


if __name__ == "__main__":
    for line in sys.stdin:
        if line.strip():
            print(json.dumps({"text": generate(**json.loads(line))}))
`;

/**
 * What a generated Python file of a text generation holds beside its network: the tokeniser, the window and the
 * choosing of one token after the other. Unicode's NFC is Python's own; see `pythonText`.
 */
export function pythonGeneration({ unit }: Pick<TokenSequence, "unit">): string {
  const { temperature, tokens } = suitableRequest;
  const defaults = `length=${tokens}, temperature=${temperature}, top_k=None, top_p=None, seed=0`;
  const generate = `

def generate(prompt="", ${defaults}):
    """What follows the prompt: at most so many ${unit === "WORD" ? "words and signs" : "characters"}, fewer where the text ends."""`;
  return [
    `${unicodeNote("NFC is")}\n${characterClasses(classes)}\n${numbers}${reading}${pythonCut}`,
    encoding,
    writing,
    generate,
    ending,
  ].join("");
}
