import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from "graphql";
import { collectFields, collectSubfields } from "graphql/execution/collectFields.js";

/** The fields asked for, by response key, in the order of the answer. */
export type Selected = ReadonlyMap<string, readonly FieldNode[]>;

/** What a document asks for once `@skip` and `@include` are decided, as graphql-js itself gathers it. */
export class Selection {
  readonly #fragments: Record<string, FragmentDefinitionNode> = {};

  constructor(
    readonly schema: GraphQLSchema,
    document: DocumentNode,
    readonly operation: OperationDefinitionNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments[definition.name.value] = definition;
  }

  root(type: GraphQLObjectType): Selected {
    const { selectionSet } = this.operation;
    return collectFields(this.schema, this.#fragments, this.variables, type, selectionSet);
  }

  below(type: GraphQLObjectType, nodes: readonly FieldNode[]): Selected {
    return collectSubfields(this.schema, this.#fragments, this.variables, type, nodes);
  }
}

/** Names of the variables that decide what is asked for: those under `@skip` and `@include`. */
export function decidingVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ arguments: given = [] }) => {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names].sort();
}
