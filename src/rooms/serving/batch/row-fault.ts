import { badInput, TenfoldError } from "../../../kernel/errors.js";

interface Field {
  path: string;
  message: string;
}

const isField = (field: unknown): field is Field =>
  typeof field === "object" && field !== null && "path" in field && "message" in field;

/**
 * The fault of a row of a request as one of the dataset, of which the row before it has this number: nobody sees how a
 * batch is cut into requests. Any other error is answered as it is.
 */
export function inDataset(error: unknown, before: number): unknown {
  if (!(error instanceof TenfoldError)) return error;
  const fields: unknown = error.extensions.fields;
  const field: unknown = Array.isArray(fields) ? fields[0] : null;
  const found = isField(field) ? /^rows\.(\d+)\.(.+)$/s.exec(field.path) : null;
  if (!isField(field) || !found) return error;
  const row = before + Number(found[1]) + 1;
  return badInput("datasetId", `Row ${row}, column ${JSON.stringify(found[2])}: ${field.message}`);
}
