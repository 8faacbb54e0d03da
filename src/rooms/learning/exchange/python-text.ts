import { characterClasses, pythonCut, unicodeNote } from "./python-classes.js";

const spaceless = "[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}]";
/** The classes of the regular expressions of `tokenisers.ts` and `plain-text.ts`. */
const classes = {
  INVISIBLE: "\\p{Cf}",
  SPACE: "[\\p{Cc}\\p{Z}\\s]",
  SIGN: spaceless,
  MARK: "\\p{M}",
  LETTER: `[[\\p{L}\\p{M}\\p{N}]--${spaceless}]`,
  PICTOGRAPH: "\\p{Extended_Pictographic}",
  CURRENCY: "\\p{Sc}",
};

const patterns = String.raw`
SPACES = re.compile(f"[{SPACE}]+")
UNSEEN = re.compile(f"[{INVISIBLE}]+")
WORDS = re.compile(f"[{SIGN}][{MARK}]*|[{LETTER}]+|[{PICTOGRAPH}]|[{CURRENCY}]|[!?]+")
MOST_READ = 10_000
LONGEST_WORD = 64
`;

const encoding = String.raw`

def plain_text(text):
    """NFKC, lower case, without invisible characters, and one space for each run of white space and controls."""
    seen = UNSEEN.sub("", cut(text, MOST_READ, "replace"))
    lower = unicodedata.normalize("NFKC", seen).lower()
    return SPACES.sub(" ", cut(lower, MOST_READ, "replace")).strip(" ")


def words_of(plain):
    return [cut(word, LONGEST_WORD, "surrogatepass") for word in WORDS.findall(plain)]


def terms_of(plain, part):
    """Words in a row, or pieces of what spaces part with a space on either side; as often as they occur."""
    lengths = range(part["shortest"], part["longest"] + 1)
    if part["unit"] == "WORD":
        units, joint = [words_of(plain)], " "
    else:
        units, joint = [f" {piece} " for piece in plain.split(" ") if piece], ""
    return [
        joint.join(unit[at : at + length])
        for unit in units
        for length in lengths
        for at in range(len(unit) - length + 1)
    ]


def encode_part(part, plain):
    """TF-IDF weights with sublinear counts, of length 1 (L2); all zeros without a known term."""
    counts = Counter(part["places"][term] for term in terms_of(plain, part) if term in part["places"])
    weights = np.zeros(len(part["terms"]))
    for place, count in counts.items():
        weights[place] = (1 + math.log(count)) * part["terms"][place][1]
    return weights / math.sqrt(weights @ weights) if counts else weights


def encode_text(feature, text):
    plain = plain_text(text or "")
    return np.concatenate([encode_part(part, plain) for part in feature["parts"]])


def encode_tokens(feature, text):
    """Numbers of the tokens, cut at the end and padded with 0 at the beginning; 1 is a token that is not known."""
    sequence = feature["sequence"]
    plain = plain_text(text or "")
    tokens = (list(plain) if sequence["unit"] == "CHARACTER" else words_of(plain))[: sequence["length"]]
    numbers = [sequence["places"].get(token, 1) for token in tokens]
    return np.array([0] * (sequence["length"] - len(numbers)) + numbers, dtype=np.float64)


ENCODERS["TEXT"] = encode_text
ENCODERS["TOKENS"] = encode_tokens
for feature in PREPROCESSING["features"]:
    if feature["kind"] == "TOKENS":
        tokens = feature["sequence"]["tokens"]
        feature["sequence"]["places"] = {token: place + 2 for place, token in enumerate(tokens)}
    for part in feature.get("parts", ()):
        part["places"] = {term: place for place, (term, _) in enumerate(part["terms"])}
`;

/**
 * What a generated Python file holds beside the rows' own code where the model reads texts: the same term weights as
 * `term-weights.ts`. Python's `re` knows no Unicode property, so the classes travel along, as this Node knows them.
 * NFKC and lower case are Python's own: where its Unicode is older (14 in Python 3.11, 16 in 3.14) than V8's, a text
 * with characters that came later, which no training text is likely to have, may give other terms.
 */
export const pythonText = (): string =>
  `${unicodeNote("NFKC and lower case are")}\n${characterClasses(classes)}\n${patterns}\n${pythonCut}${encoding}`;
