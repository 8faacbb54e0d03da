/** The planes of Unicode that have characters with properties, without the surrogates. */
const planes = [
  [0, 0xd7ff],
  [0xe000, 0x3ffff],
  [0xe0000, 0xe0fff],
] as const;

function everyCharacter(): string {
  const characters: string[] = [];
  for (const [first, last] of planes)
    for (let point = first; point <= last; point++) characters.push(String.fromCodePoint(point));
  return characters.join("");
}

const escaped = (character: string | undefined): string => {
  const digits = (character?.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
};

/** The ends of a run of neighbours; a string is not taken apart into all of its characters, of which Han has 40,000. */
const rangeOf = (run: string): string => {
  const first = String.fromCodePoint(run.codePointAt(0) ?? 0);
  return run === first ? escaped(first) : `${escaped(first)}-${escaped(Array.from(run.slice(-2)).at(-1))}`;
};

/** Lines of at most a hundred characters that begin with an escape and end with a range. */
const lines = /.{1,100}(?<!-)(?=\\|$)/g;

/** A class as a Python string to stand within brackets. */
function classOf([name, pattern]: [string, string], all: string): string {
  const ranges = (all.match(new RegExp(`${pattern}+`, "gv")) ?? []).map(rangeOf).join("");
  const strings = (ranges.match(lines) ?? []).map((line) => `    r"${line}"`);
  return `${name} = (\n${strings.join("\n")}\n)`;
}

const written = new Map<object, string>();

/**
 * Classes of characters by their names, each to stand within brackets of a Python pattern: Python's `re` knows no
 * Unicode property, so they travel along as this Node's regular expressions know them. A tenth of a second, once.
 */
export function characterClasses(classes: Readonly<Record<string, string>>): string {
  const known = written.get(classes);
  if (known !== undefined) return known;
  const all = everyCharacter();
  const text = Object.entries(classes)
    .map((entry) => classOf(entry, all))
    .join("\n");
  written.set(classes, text);
  return text;
}

/** What the classes of a file are of, and what else of Unicode is Python's own. */
export const unicodeNote = (owned: string, { unicode = "unknown" } = process.versions): string => `

# Classes of characters in Tenfold's Unicode (${unicode}), as Python's re knows none. ${owned} Python's
# own (unicodedata.unidata_version): an older one leaves characters alone that it does not know yet.`;

/** Cuts a text as JavaScript does, whose characters are code units of UTF-16. */
export const pythonCut = String.raw`
def cut(text, units, errors):
    """The beginning of a text, in code units of UTF-16; errors says what becomes of half a character."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", errors)
`;
