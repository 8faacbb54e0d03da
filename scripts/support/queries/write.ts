import {
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isUnionType,
} from "graphql";
import type { Blueprint, Given, Piece, Query, SharedFragment, Under } from "./piece.js";

/** Response keys in use at one place of the answer, so that no two fields claim one with different meanings. */
interface Scope {
  readonly keys: Map<string, { readonly meaning: string; readonly below: Scope }>;
  /** Where a fragment is spread in many places, its keys are its own. */
  readonly prefix: string | null;
}

const newScope = (prefix: string | null = null): Scope => ({ keys: new Map(), prefix });

/** A value as a document writes it. */
export function literalOf(type: GraphQLInputType, value: unknown): string {
  if (value === null || value === undefined) return "null";
  const nullable = getNullableType(type);
  if (isListType(nullable))
    return `[${(value as unknown[]).map((item) => literalOf(nullable.ofType, item)).join(", ")}]`;
  if (isEnumType(nullable)) return value as string;
  if (!isInputObjectType(nullable)) return JSON.stringify(value);
  const fields = nullable.getFields();
  const parts = Object.entries(value).flatMap(([name, inner]) =>
    fields[name] ? [`${name}: ${literalOf(fields[name].type, inner)}`] : [],
  );
  return `{${parts.join(", ")}}`;
}

/** Writes one operation, its fragments and its variables. */
class OperationWriter {
  readonly fragments: string[] = [];
  readonly variables: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
  readonly #definitions: string[] = [];
  readonly #shared = new Map<number, string>();
  #count = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly shared: readonly SharedFragment[],
    private readonly name: string,
  ) {}

  operation(pieces: readonly Piece[], isNamed: boolean): string {
    const type = this.schema.getQueryType();
    if (!type) throw new Error("The schema has no queries.");
    const set = this.#set(pieces, type, newScope());
    const definitions = this.#definitions.length > 0 ? `(${this.#definitions.join(", ")})` : "";
    return `query ${isNamed ? this.name : ""}${definitions} ${set}`;
  }

  #set(pieces: readonly Piece[], type: GraphQLCompositeType, scope: Scope): string {
    return `{ ${pieces.map((piece) => this.#piece(piece, type, scope)).join(" ")} }`;
  }

  #piece(piece: Piece, type: GraphQLCompositeType, scope: Scope): string {
    const under = piece.under.length > 0 ? ` ${this.#under(piece.under)}` : "";
    if (piece.kind === "field") return this.#field(piece, type, scope, under);
    if (piece.kind === "shared") return this.#spread(piece.index, type, scope, under);
    const on = piece.on === null ? type : this.#type(piece.on);
    const set = this.#set(piece.below, on, scope);
    if (piece.kind === "inline") return `...${piece.on === null ? "" : ` on ${piece.on}`}${under} ${set}`;
    const name = `${this.name}F${this.#next()}`;
    this.fragments.push(`fragment ${name} on ${piece.on} ${set}`);
    return piece.twice ? `...${name}${under} ...${name}` : `...${name}${under}`;
  }

  #field(
    { name, alias, given, below }: Extract<Piece, { kind: "field" }>,
    type: GraphQLCompositeType,
    scope: Scope,
    under: string,
  ): string {
    const field = isUnionType(type) ? undefined : type.getFields()[name];
    const texts = given.flatMap((one) => {
      const argument = field?.args.find((known) => known.name === one.name);
      return argument && one.style !== "omitted"
        ? [`${one.name}: ${this.#argument(one, argument.type)}`]
        : [];
    });
    const call = texts.length > 0 ? `${name}(${texts.join(", ")})` : name;
    const { key, below: inner } = this.#key(alias ?? name, `${call} ${String(field?.type)}`, scope);
    const answers = field && getNamedType(field.type);
    const set = isCompositeType(answers) ? ` ${this.#set(below, answers, inner)}` : "";
    return `${key === name ? "" : `${key}: `}${call}${under}${set}`;
  }

  /** The key that was wished for, where it is free or means the same. */
  #key(wished: string, meaning: string, scope: Scope): { key: string; below: Scope } {
    const known = scope.prefix === null ? scope.keys.get(wished) : undefined;
    if (known?.meaning === meaning) return { key: wished, below: known.below };
    const key = scope.prefix !== null || known ? `${scope.prefix ?? "k"}${this.#next()}` : wished;
    const below = newScope();
    scope.keys.set(key, { meaning, below });
    return { key, below };
  }

  /** A fragment that fits this type; where it does not, or is being written itself, `__typename` stands there. */
  #spread(index: number, type: GraphQLCompositeType, scope: Scope, under: string): string {
    const shared = this.shared[index];
    const fits = shared && (shared.on === type.name || this.#isPart(shared.on, type));
    if (!fits || scope.prefix !== null || this.#shared.get(index) === "") {
      const { key } = this.#key("__typename", "__typename", scope);
      return `${key === "__typename" ? "" : `${key}: `}__typename${under}`;
    }
    const known = this.#shared.get(index) ?? this.#write(index, shared);
    return `...${known}${under}`;
  }

  #write(index: number, { on, below }: SharedFragment): string {
    const name = `${this.name}S${index}`;
    // Empty while it is written: a fragment that spreads itself is no valid document.
    this.#shared.set(index, "");
    const set = this.#set(below, this.#type(on), newScope(`s${index}x`));
    this.fragments.push(`fragment ${name} on ${on} ${set}`);
    this.#shared.set(index, name);
    return name;
  }

  #isPart(name: string, type: GraphQLCompositeType): boolean {
    const other = this.#type(name);
    return [other, type].some(
      (one) => !("getTypes" in one) && one.getInterfaces().some((face) => face === other || face === type),
    );
  }

  #argument({ style, value, other }: Given, type: GraphQLInputType): string {
    const nullable = getNullableType(type);
    if (style === "literal") return literalOf(type, value);
    if (style === "absent") return this.#variable(String(nullable), undefined, undefined);
    if (style === "variable") return this.#variable(String(type), value, other);
    if (style === "default")
      return this.#variable(`${String(nullable)} = ${literalOf(type, value)}`, undefined, undefined);
    if (style === "overridden")
      return this.#variable(`${String(nullable)} = ${literalOf(type, value)}`, other, value);
    return value === null ? "null" : this.#inner(nullable, value, other);
  }

  /** A literal object whose last field is a variable. */
  #inner(type: GraphQLInputType, value: unknown, other: unknown): string {
    const fields = isInputObjectType(type) ? type.getFields() : {};
    const given = Object.entries(Object(value) as Record<string, unknown>);
    const parts = given.map(([name, inner], index) => {
      const inside = fields[name];
      if (!inside) return "";
      const isLast = index === given.length - 1;
      const second = (Object(other) as Record<string, unknown>)[name] ?? inner;
      return `${name}: ${isLast ? this.#variable(String(inside.type), inner, second) : literalOf(inside.type, inner)}`;
    });
    return `{${parts.join(", ")}}`;
  }

  #under(conditions: readonly Under[]): string {
    const kinds = new Map(conditions.map((condition) => [condition.directive, condition]));
    return [...kinds.values()]
      .map(({ directive, style, values: [first, second] }) => {
        const literal = String(first ?? true);
        if (style === "literal") return `@${directive}(if: ${literal})`;
        if (style === "variable")
          return `@${directive}(if: ${this.#variable("Boolean!", first ?? true, second ?? false)})`;
        return `@${directive}(if: ${this.#variable(`Boolean = ${literal}`, undefined, second)})`;
      })
      .join(" ");
  }

  #variable(type: string, first: unknown, second: unknown): string {
    const name = `v${this.#next()}`;
    this.#definitions.push(`$${name}: ${type}`);
    if (first !== undefined) this.variables[0][name] = first;
    if (second !== undefined) this.variables[1][name] = second;
    return `$${name}`;
  }

  #type(name: string): GraphQLCompositeType {
    const type = this.schema.getType(name);
    if (!isCompositeType(type)) throw new Error(`There is no type ${name} to ask of.`);
    return type;
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}

/** Writes a blueprint as a valid document: conflicting keys get aliases, variables their definitions. */
export function write(schema: GraphQLSchema, { pieces, shared, isNamed, another }: Blueprint): Query {
  const writer = new OperationWriter(schema, shared, "Main");
  const main = writer.operation(pieces, isNamed || another !== null);
  const second = new OperationWriter(schema, shared, "Other");
  const other = another === null ? [] : [second.operation(another, true), ...second.fragments];
  return {
    document: [...other, main, ...writer.fragments].join("\n"),
    operationName: isNamed || another !== null ? "Main" : null,
    variables: writer.variables,
  };
}
