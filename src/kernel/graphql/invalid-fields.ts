/** What class-validator gives for one property; declared here so that the kernel needs no class of the library. */
interface PropertyFault {
  property?: string;
  constraints?: Record<string, string>;
  children?: PropertyFault[];
}

interface FieldFault {
  path: string;
  message: string;
}

/** One entry a broken constraint, with the dotted path from the input; array items carry their index. */
function fieldFaults(faults: readonly PropertyFault[], parent: readonly string[] = []): FieldFault[] {
  return faults.flatMap((fault) => {
    const path = fault.property === undefined ? parent : [...parent, fault.property];
    const own = Object.values(fault.constraints ?? {}).map((message) => ({ path: path.join("."), message }));
    return [...own, ...fieldFaults(fault.children ?? [], path)];
  });
}

/** The faults that type-graphql's `ArgumentValidationError` carries; null for every other error. */
export function validationFaults(error: unknown): FieldFault[] | null {
  const faults: unknown = Object(Object(error).extensions).validationErrors;
  return Array.isArray(faults) ? fieldFaults(faults as PropertyFault[]) : null;
}
