import { TenfoldError } from "../../kernel/errors.js";

/** A refusal of rows, with each place as whoever sent the rows knows it; any other error as it is. */
function moved(error: unknown, place: (path: string) => string): unknown {
  if (!(error instanceof TenfoldError) || !Array.isArray(error.extensions["fields"])) return error;
  const fields = (error.extensions["fields"] as { path: string; message: string }[]).map(
    ({ path, message }) => ({
      path: place(path),
      message: message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message,
    }),
  );
  const [first] = fields;
  return new TenfoldError(error.code, `${first?.path}: ${first?.message}`, { fields }, error.category);
}

/** Of the only row. */
export const ofOneRow = (error: unknown): unknown =>
  moved(error, (path) => path.replace(/^rows\.0(?=\.|$)/, "row"));

/** Of rows that follow so many others. */
export const ofRows = (error: unknown, before: number): unknown =>
  moved(error, (path) => path.replace(/^rows\.(\d+)/, (_, at: string) => `rows.${Number(at) + before}`));
