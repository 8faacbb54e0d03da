import { badInput } from "../../kernel/errors.js";
import type { TableProfile } from "../datasets/index.js";
import type { ModelVersion } from "../models/index.js";

/** Kinds of a column whose values an input of a kind can't read; any other reads every text. */
const unreadable: Readonly<Record<string, readonly string[]>> = {
  NUMBER: ["BOOLEAN", "CATEGORY", "TEXT"],
  BOOLEAN: ["TEXT"],
};

/** Throws BAD_USER_INPUT at `datasetId` for a column of texts where the version learnt numbers: all would be missing. */
export function checkKind(
  { number }: Pick<ModelVersion, "number">,
  column: string,
  kind: string,
  found: string,
): void {
  if (unreadable[kind]?.includes(found))
    throw badInput(
      "datasetId",
      `The column ${JSON.stringify(column)} holds ${found} where ${number} reads ${kind}. Correct the column, or choose another dataset.`,
    );
}

/**
 * An imported network reads its numbers as they stand and has nothing for those that are missing. Throws BAD_USER_INPUT
 * at `datasetId` where it would have to refuse a row of the dataset.
 */
export function checkRequired(
  { number, signature }: Pick<ModelVersion, "number" | "signature">,
  columns: TableProfile["columns"],
): void {
  const found = new Map(columns.map((column) => [column.name, column]));
  for (const { column, required } of signature.inputs) {
    const facts = found.get(column);
    if (!required || !facts) continue;
    const fault =
      facts.kind === "NUMBER"
        ? facts.missing > 0 && `is empty in ${facts.missing.toLocaleString("en")} rows`
        : `holds ${facts.kind}`;
    if (fault)
      throw badInput(
        "datasetId",
        `The column ${JSON.stringify(column)} ${fault}. The version ${number} was imported and needs a number there in every row: fill it in, or choose another dataset.`,
      );
  }
}
