/** What a plan has read ahead for one parent, by the response key of the field that asks for it. */
export type ReadAhead = ReadonlyMap<string, unknown>;

const known = new WeakMap<object, ReadAhead>();

/** Lays what was read ahead beside its parent, from where the field's plain resolver takes it. */
export const readAhead = (parent: object, fields: ReadAhead): void => {
  known.set(parent, fields);
};

/** What was read ahead for a field of this parent; undefined where the resolver must read for itself. */
export const preloaded = (parent: unknown, responseKey: string | number): unknown =>
  typeof parent === "object" && parent !== null ? known.get(parent)?.get(String(responseKey)) : undefined;
