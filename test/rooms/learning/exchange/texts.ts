import type { JsonRow } from "../../../../src/rooms/learning/cell.js";
import { fitPreprocessing, type LearningTask } from "../../../../src/rooms/learning/preprocessing.js";
import type { Artefact } from "../../../../src/rooms/learning/artefact.js";
import { seededRandom } from "../../../../src/rooms/learning/random.js";

/** Words in which scripts, cases, compositions and invisible characters go their own ways. */
const words = [
  ..."the cat sat on a mat and ate £5 or 5€ of fish!! really?! 50% off :-) e-mail@example.org don't".split(
    " ",
  ),
  ..."ẞ STRASSE straße İstanbul ıstanbul Iſtanbul ΟΔΟΣ ΟΔΟΣ. Σ Σίσυφος ÅNGSTRÖM Å Å ﬁnal ﬀ Ⅷ ½ x² ㎏".split(
    " ",
  ),
  ..."مرحبا بالعالم، هذا نص عربي! كِتَابٌ السَّلَامُ می‌خواهم ٣٤٥ ﷺ שָׁלוֹם עולם".split(" "),
  ..."我喜歡機器學習。 今天天气很好！ 日本語のテキスト ﾊﾝｶｸ カタカナー 한국어 각 สวัสดีครับ ສະບາຍດີ ជំរាបសួរ မင်္ဂလာပါ 々 〆 𠮷野家".split(
    " ",
  ),
  ..."👍 👍🏽 👨‍👩‍👧‍👦 🇩🇪🇫🇷 ❤️ ☺︎ 1️⃣ © ™ ‼ 😀😀😀 🫠 ₿ ₹100 ＄１００ 𝓯𝓪𝓷𝓬𝔂 𐐀𐐨 ᏣᎳᎩ नमस्ते हिन्दी".split(" "),
  "e\u0301te\u0301 n\u0303 a\u0308\u0323 q\u0307\u0323 z\u0336a\u0336l\u0336g\u0336o\u0336",
  "soft\u00adhyphen zero\u200bwidth \u202eright\u202c \ufefffeff no\u00a0break line\u2028break\u0085next",
  "tab\tbell\u0007null\u0000escape\u001bunit\u001fdelete\u007f",
  "\ud83d alone \ude00 surrogates \u{e0041}tag\u{e007f} private \ue000 \ufdd0 \u{10ffff}",
];

/** Whole texts at the edges: of a length, of a word's length, of nothing. */
const edges = [
  "",
  " \u00a0\ufeff ",
  "\u001c",
  "\u001cNA\u0085",
  "\u200b\u00ad",
  "n/a",
  "!",
  "the ".repeat(4_000),
  "猫".repeat(12_000),
  `${"a".repeat(9_999)}😀 the cat`,
  // Two units each that become one, so that the first bound counts.
  `${"𝓪 ".repeat(3_400)}the cat`,
  // Eighteen characters each in NFKC, so that the second bound counts.
  "ﷺ ".repeat(3_000),
  `${"b".repeat(63)}𐐨𐐨 the`,
  "𐐀".repeat(70),
];

export function textOf(seed: number): string {
  const random = seededRandom(seed, "texts");
  const count = 1 + Math.floor(random() * 9);
  const joints = [" ", " ", "", "\n", ", ", "\u3000"];
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? "";
  return Array.from({ length: count }, () => pick(words) + pick(joints)).join("");
}

/** JSON rows of two texts and other things, some of them missing; a text may also come as a number. */
export const textRows: JsonRow[] = [
  ...Array.from({ length: 260 }, (_, at) => ({
    kind: `k${at % 3}`,
    text: textOf(at),
    größe: at % 7,
    ...(at % 5 === 0 ? {} : { note: textOf(at + 1_000) }),
    colour: at % 2 ? "red" : "日本",
  })),
  ...edges.flatMap((text, at): JsonRow[] => [
    { kind: "k0", text, note: textOf(at) },
    { kind: "k1", text: textOf(at), note: text, größe: at },
    { kind: "k2", text, note: null },
  ]),
  ...[0, -0, 12, 1.5, -2.25, 1e-7, 2.5e-10, 1e-6, 1e21, 1.25e22, 123456789012345680000, 0.1, true].flatMap(
    (text): JsonRow[] => [
      { kind: "k1", text, note: "the cat" },
      { kind: "k2", text: "a mat", note: text },
    ],
  ),
];

const task: LearningTask = {
  type: "CLASSIFICATION",
  target: "kind",
  features: [
    { column: "größe", kind: "NUMBER" },
    { column: "text", kind: "TEXT" },
    { column: "colour", kind: "CATEGORY" },
    { column: "note", kind: "TEXT" },
  ],
};

/** What training learns of the rows. */
export function textPreprocessing(): Artefact["preprocessing"] {
  const columns = ["kind", ...task.features.map(({ column }) => column)];
  const cells = textRows.map((row) =>
    columns.map((column) => (row[column] === undefined || row[column] === null ? null : String(row[column]))),
  );
  return fitPreprocessing(task, { columns, rows: cells });
}
