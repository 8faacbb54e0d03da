import type { GraphQLError } from "graphql";
import { inOurWords } from "./constraint-words.js";

/** What class-validator gives for one property; declared here so that the kernel needs no class of the library. */
interface PropertyFault {
  property?: string;
  constraints?: Record<string, string>;
  children?: PropertyFault[];
}

export interface FieldFault {
  path: string;
  message: string;
}

/** One entry a broken constraint, with the dotted path from the input; array items carry their index. */
function fieldFaults(faults: readonly PropertyFault[], parent: readonly string[] = []): FieldFault[] {
  return faults.flatMap((fault) => {
    const path = fault.property === undefined ? parent : [...parent, fault.property];
    const own = Object.values(fault.constraints ?? {}).map((message) => ({
      path: path.join("."),
      message: inOurWords(message),
    }));
    return [...own, ...fieldFaults(fault.children ?? [], path)];
  });
}

/** The faults that type-graphql's `ArgumentValidationError` carries; null for every other error. */
export function validationFaults(error: unknown): FieldFault[] | null {
  const faults: unknown = Object(Object(error).extensions).validationErrors;
  return Array.isArray(faults) ? fieldFaults(faults as PropertyFault[]) : null;
}

/** What graphql-js blames inside the value by its name only: a field left out, or one that there is not. */
const missingOrUnknown = /^Field "([^"]*)" (?:of required type|is not defined)/;

/**
 * The place that graphql-js found wrong in a variable; null for every other error. As class-validator's places it is
 * dotted from the input, `layers.0.units`; a variable that is no input object begins with its own name: `ids.1`.
 * graphql-js tells the place in its sentence alone: `Variable "$i" got invalid value 1.5 at "i.seed"; Int cannot…`
 */
export function variableFaults({ message, originalError }: GraphQLError): FieldFault[] | null {
  const name = /^Variable "\$(\w+)" (?:got invalid value|of (?:required|non-null) type) /.exec(message)?.[1];
  if (name === undefined) return null;
  const told = originalError?.message ?? message;
  // Cut off behind the place, so that no text of the value itself, which is told before it, can pass for one.
  const before = originalError ? message.slice(0, -`; ${told}`.length) : "";
  const place = / at "\w+((?:\.\w+|\[\d+\])+)"$/.exec(before)?.[1] ?? "";
  const inside = [...place.matchAll(/\w+/g), ...(missingOrUnknown.exec(told)?.slice(1) ?? [])].map(String);
  const ofInput = inside.length > 0 && !place.startsWith("[");
  return [{ path: (ofInput ? inside : [name, ...inside]).join("."), message: told }];
}
