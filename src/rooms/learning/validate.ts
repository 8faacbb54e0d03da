import type { z } from "zod";
import { BadUserInput } from "../../kernel/errors.js";
import { schemaFaults } from "../../kernel/schema-faults.js";

/** Parses a caller's input; faults are named place by place below `root`, e.g. `architecture.layers.0.units`. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  root: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = schemaFaults(parsed.error).map(({ path, message }) => ({
    path: path === "" ? root : `${root}.${path}`,
    message,
  }));
  const [first] = fields;
  throw new BadUserInput(`The input is not valid: ${first?.path}: ${first?.message}`, { fields });
}
