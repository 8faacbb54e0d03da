import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isObjectType,
} from "graphql";
import type { DataSource, EntityMetadata } from "typeorm";
import type { JsonFields } from "./leaf.js";
import { type Read, readOf } from "./read.js";
import type { Selection } from "./selection.js";
import { type Bound, type Source, StepAside } from "./source.js";

/** One field asked for of an object, as the planner sees it. */
export interface Asked {
  readonly key: string;
  readonly name: string;
  readonly nodes: readonly FieldNode[];
  /** Undefined for `__typename`. */
  readonly field: GraphQLField<unknown, unknown> | undefined;
}

/** SQL in the making: the bound sources of one request, and names for its tables. */
export class Naming {
  #tables = 0;

  constructor(private readonly bound: readonly Bound[]) {}

  of({ index }: Source): Bound {
    const bound = this.bound[index];
    if (!bound) throw new Error("A source was not bound.");
    return bound;
  }

  table(): string {
    this.#tables += 1;
    return `t${this.#tables}`;
  }
}

/** Declared fields in one operation. */
const mostSources = 200;

/** What one plan is put together from: the selection, the metadata of tables, and the sources found on the way. */
export class Draft {
  readonly sources: Source[] = [];

  constructor(
    readonly selection: Selection,
    readonly database: DataSource,
  ) {}

  /** The fields of an object, in the answer's order. */
  asked(type: GraphQLObjectType, nodes: readonly FieldNode[]): Asked[] {
    const fields = type.getFields();
    return [...this.selection.below(type, nodes)].map(([key, selected]) => {
      const name = selected[0]?.name.value ?? "";
      return { key, name, nodes: selected, field: fields[name] };
    });
  }

  /** Notes a declared field; its arguments are bound with each request. */
  source(
    read: Read,
    field: GraphQLField<unknown, unknown>,
    nodes: readonly FieldNode[],
    id?: Source["id"],
  ): Source {
    // One statement of so many parts takes Postgres longer to plan than loaders to read.
    if (this.sources.length >= mostSources) throw new StepAside("computed");
    const [node] = nodes;
    if (!node) throw new Error("A field without syntax.");
    const metadata = this.database.getMetadata(read.entity);
    const index = this.sources.length;
    const source: Source = { read, field, type: field.type, node, metadata, index, id, uses: "page" };
    this.sources.push(source);
    return source;
  }

  /** The fields below a JSON column; their values are read from the column by name. */
  json(nodes: readonly FieldNode[]): JsonFields {
    return {
      of: (type) => {
        const asked = isObjectType(type) ? this.asked(type, nodes) : [];
        if (asked.some(({ field }) => field?.extensions.computed || (field && readOf(field)))) return null;
        return asked.map(({ key, name, nodes: below, field }) => [
          key,
          { property: field ? name : null, type: field?.type ?? objectType(type), below: this.json(below) },
        ]);
      },
    };
  }
}

/** The object type behind a field's type. Throws StepAside for an interface: its rows are of several tables. */
export function objectType(type: GraphQLOutputType | GraphQLNamedType): GraphQLObjectType {
  const named = getNamedType(type);
  if (isObjectType(named)) return named;
  throw new StepAside("computed");
}

/** The property of a table that a field without a resolver shows; undefined for a computed one. */
export const columnBehind = (metadata: EntityMetadata, { field, name }: Asked) =>
  field && !field.extensions.computed && !readOf(field)
    ? metadata.findColumnWithPropertyName(name)
    : undefined;
