import type { TenfoldError, TenfoldErrorClass } from "../errors.js";

/** What a violated constraint means to the caller; null for an error that is not one, or that no room declared. */
export function constraintError(constraints: Readonly<Record<string, TenfoldErrorClass>>) {
  return (error: unknown): TenfoldError | null => {
    const name = constraintOf(error);
    const Declared = name === undefined ? undefined : constraints[name];
    return Declared ? new Declared() : null;
  };
}

/** node-postgres puts the name on its error; TypeORM wraps that as `driverError`. */
function constraintOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { constraint, driverError, originalError } = error as Record<string, unknown>;
  if (typeof constraint === "string") return constraint;
  return constraintOf(driverError ?? originalError);
}
