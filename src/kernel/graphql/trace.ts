import { Kind, type OperationDefinitionNode } from "graphql";

/** What log and metrics tell of an operation; filled while it runs. */
export interface OperationTrace {
  requestId: string;
  type: string;
  /** The caller's name of the operation, shortened: it goes to the log, not to metrics. */
  name: string | null;
  /** The root field, `several`, or `none`: closed by the schema, so it can be a metric label. */
  field: string;
  codes: string[];
  cost: number;
}

export const newTrace = (requestId: string): OperationTrace => ({
  requestId,
  type: "none",
  name: null,
  field: "none",
  codes: [],
  cost: 0,
});

/** Several root fields share one label: their combinations are without number. */
function rootField(operation: OperationDefinitionNode): string {
  const [first, ...others] = operation.selectionSet.selections;
  return first?.kind === Kind.FIELD && others.length === 0 ? first.name.value : "several";
}

/** Notes what the operation is, once it is known; its price may still be refused. */
export function noteOperation(trace: OperationTrace, operation: OperationDefinitionNode): void {
  trace.type = operation.operation;
  trace.name = operation.name?.value.slice(0, 80) ?? null;
  trace.field = rootField(operation);
}
