import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { BadUserInput } from "../errors.js";
import { operationCost } from "./cost.js";
import { deeperThan, type OperationLimits, overLimit } from "./limits.js";

/** Variables nested deeper would overflow the stack while they are coerced. */
const maxVariableDepth = 100;

type Variables = Readonly<Record<string, unknown>>;

/** What operations cost, and whether they may. */
export class Prices {
  private readonly known = new WeakMap<OperationDefinitionNode, number>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: OperationLimits,
  ) {}

  /** The operation's cost. Throws BAD_USER_INPUT where it is too high, or the variables are nested too deep. */
  of(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number {
    if (deeperThan(variables, maxVariableDepth)) throw new BadUserInput("The variables are nested too deep.");
    const cost = this.cost(document, operation, variables);
    const { cost: maximum } = this.limits;
    if (cost <= maximum) return cost;
    throw overLimit(
      `The operation costs ${cost}; ${maximum} is allowed. Ask for fewer items.`,
      "cost",
      cost,
      maximum,
    );
  }

  /** Variables decide how long the lists are, so only an operation without any is priced once. */
  private cost(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number {
    const known = this.known.get(operation);
    if (known !== undefined) return known;
    const cost = operationCost(this.schema, document, operation, variables);
    if (!operation.variableDefinitions?.length) this.known.set(operation, cost);
    return cost;
  }
}
