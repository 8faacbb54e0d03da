import { architectureInWords, settingsInWords, splitInWords } from "../lineage.js";
import { VersionSource } from "../model-version.entity.js";
import type { CardFacts } from "./facts.js";
import { limitsOf } from "./limits.js";
import { escaped, figure, list, section, table } from "./markdown.js";
import { qualityOf } from "./quality.js";

/** More rows of a table than these are not read; how many are left out is said. */
const mostRows = 50;

/** A model card (Mitchell et al., Model Cards for Model Reporting, FAT* 2019) in Markdown. */
export const cardOf = (facts: CardFacts): string =>
  [
    heading(facts),
    section("Intended use", useOf(facts)),
    section("Lineage", lineageOf(facts)),
    section("Data", dataOf(facts)),
    ...qualityOf(facts),
    section("Limits", list(limitsOf(facts))),
  ]
    .join("")
    .trimEnd()
    .concat("\n");

function heading({ model, version }: CardFacts): string {
  const { type, column } = version.signature.output;
  const what = type === "CLUSTERING" ? "A clustering" : `A ${kind(type)} of ${escaped(column)}`;
  const made = version.source === VersionSource.IMPORTED ? "imported" : "trained";
  return `# ${escaped(model.name)} ${version.number}\n\n${what}, ${made} on ${version.createdAt.toISOString().slice(0, 10)}. SHA-256 of the artefact: ${version.sha256}\n\n`;
}

const kind = (type: string): string => type.toLowerCase().replaceAll("_", " ");

function useOf({ version: { signature } }: CardFacts): string {
  const { inputs, output, series } = signature;
  const rows = inputs
    .slice(0, mostRows)
    .map(({ column, kind: of, categories }) => [escaped(column), of.toLowerCase(), some(categories)]);
  const others: Partial<Record<typeof output.type, string>> = {
    TEXT_GENERATION: "how a text goes on",
    CUSTOM: "numbers",
  };
  const other = others[output.type] ?? "a number";
  const one = output.classes === null ? other : `one of ${some(output.classes)}`;
  const classes = series
    ? `${one} for each of the next ${series.horizon} rows, from the latest ${series.window} or more in the order of time`
    : one;
  return `It answers ${escaped(output.column)}: ${classes}. It reads:\n\n${table(["Input", "Kind", "Values it knows"], rows)}${more(inputs.length)}`;
}

const more = (count: number): string => (count > mostRows ? `\nand ${count - mostRows} more.\n` : "");

function some(values: readonly string[] | null): string {
  if (values === null) return "";
  const shown = values
    .slice(0, 20)
    .map((value) => escaped(value))
    .join(", ");
  return values.length > 20 ? `${shown} and ${values.length - 20} more` : shown;
}

const longestRecipe = 1_000;

function lineageOf({ version, parent }: CardFacts): string {
  const { kernels, seed, architecture, hyperparameters } = version;
  const facts = [
    parent ? `Parent: ${parent.number}` : "It is the first of its line.",
    architecture && `Layers: ${escaped(architectureInWords(architecture), longestRecipe)}`,
    hyperparameters && `Hyperparameters: ${escaped(settingsInWords(hyperparameters), longestRecipe)}`,
    seed === null ? null : `Seed: ${seed}`,
    kernels && `Kernels: ${escaped(`${kernels.backend} ${kernels.version}`)}`,
  ];
  const changes = (version.changes ?? []).map(({ kind: of, name, before, after }) =>
    [of.toLowerCase(), name, before, after].map((words) => escaped(words)),
  );
  return `${list(facts.filter((fact) => fact !== null))}\n${table(["Changed", "What", "Before", "After"], changes)}`;
}

/** A series has no plan, but is never held out row by row. */
const lastRows = "the last rows in the order of time";

function dataOf({ version: { split, source, signature }, dataset }: CardFacts): string {
  if (source === VersionSource.IMPORTED) return "It was trained elsewhere; on what is not known here.\n";
  const used =
    split &&
    `${split.train} rows were learnt from, ${split.validation} watched the training, ${split.test} were held out for the figures below; ${split.dropped} had no target. Held out: ${escaped(signature.series ? lastRows : splitInWords(split.plan ?? null))}.\n`;
  if (!dataset) return `The dataset was deleted, or is not yours to see. ${used ?? ""}`;
  const columns = dataset.columns ?? [];
  const rows = columns
    .slice(0, mostRows)
    .map(({ name, kind: of, missing, distinct, mean, standardDeviation }) => [
      escaped(name),
      of.toLowerCase(),
      String(missing),
      distinct === null ? "many" : String(distinct),
      figure(mean),
      figure(standardDeviation),
    ]);
  const head = ["Column", "Kind", "Missing", "Distinct", "Mean", "Standard deviation"];
  return `${escaped(dataset.name)}: ${dataset.rowCount ?? 0} rows, SHA-256 ${dataset.sha256 ?? "–"}. ${used ?? ""}\n${table(head, rows)}${more(columns.length)}`;
}
