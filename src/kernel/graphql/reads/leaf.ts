import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from "graphql";
import type { ColumnMetadata } from "typeorm/metadata/ColumnMetadata.js";
import { jsonObject, literal, stop } from "./json-text.js";

/**
 * A value as SQL that gives its JSON text, `null` included.
 * `approximate` is whether Postgres may write it otherwise than JavaScript does, e.g. `1.0` or a space after a colon:
 * then the answer is parsed and written again.
 */
export interface Leaf {
  readonly approximate: boolean;
  sql(reference: string): string;
}

const exact = (sql: (reference: string) => string): Leaf => ({ approximate: false, sql });
const approximate = (sql: (reference: string) => string): Leaf => ({ approximate: true, sql });

/** Text of what passes `test`; anything else but null stops the plan. */
const checked = (test: (r: string) => string, text: (r: string) => string): ((r: string) => string) => {
  return (r) => `case when ${test(r)} then ${text(r)} when ${r} is not null then ${stop(r)} end`;
};

const asText = (r: string): string => `${r}::text`;
const quoted = (r: string): string => `to_json(${r})::text`;
const truth = (r: string): string => `case ${r} when true then 'true' when false then 'false' end`;

/**
 * As `Date.toJSON`: in UTC, to the millisecond, further digits cut off; years of four digits. JSON of Postgres itself
 * follows the session's time zone, whose offsets of old have seconds that JavaScript can't read.
 */
export const instant = checked(
  (r) => `${r} between '0001-01-01T00:00:00Z' and '9999-12-31T23:59:59.999999Z'`,
  (r) => `to_char(${r} at time zone 'UTC', '\\"YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\\"')`,
);

/** 2^53 - 1, to where JavaScript counts exactly. */
const safe = checked((r) => `${r} between -9007199254740991 and 9007199254740991`, asText);
const finite = checked((r) => `${r} > '-Infinity' and ${r} < 'Infinity'`, asText);

/** By scalar of the graph and type of the column; texts of the two that are not here go through the resolver. */
const scalars: Record<string, Record<string, Leaf>> = {
  ID: { text: exact(quoted) },
  String: { text: exact(quoted) },
  Boolean: { boolean: exact(truth) },
  Int: { integer: exact(asText) },
  SafeInt: { integer: exact(asText), bigint: exact(safe) },
  Float: { integer: exact(asText), "double precision": approximate(finite) },
  DateTime: { timestamptz: exact(instant), "timestamp with time zone": exact(instant) },
};

const listed: Record<string, string> = { ID: "text", String: "text" };

/** How a column is written for a field of this type; null where only the field's resolver can tell. */
export function leafOf(type: GraphQLOutputType, column: ColumnMetadata): Leaf | null {
  const leaf = ofColumn(getNullableType(type), column);
  return leaf && withNull(leaf, type, column.isNullable);
}

function ofColumn(type: GraphQLOutputType, column: ColumnMetadata): Leaf | null {
  const columnType = String(column.type);
  if (columnType === "jsonb") return null;
  // A transformer may do anything; those of a bigint make a number of it.
  if (column.transformer && columnType !== "bigint") return null;
  if (isListType(type)) return column.isArray ? ofArray(type.ofType, columnType) : null;
  if (column.isArray) return null;
  if (isEnumType(type)) return columnType === "text" ? exact((r) => enumName(type, r)) : null;
  // A TypeID has no character that JSON escapes.
  if (column.isPrimary && column.propertyName === "id") return exact((r) => `'"' || ${r} || '"'`);
  return isScalarType(type) ? (scalars[type.name]?.[columnType] ?? null) : null;
}

function ofArray(item: GraphQLOutputType, columnType: string): Leaf | null {
  const type = getNullableType(item);
  if (!isScalarType(type) || listed[type.name] !== columnType) return null;
  if (!isNonNullType(item)) return exact(quoted);
  return exact(checked((r) => `array_position(${r}, null) is null`, quoted));
}

/** The name of the enum value that the text stands for. */
function enumName(type: GraphQLNamedType, reference: string): string {
  if (!isEnumType(type)) return stop(reference);
  const values = type.getValues();
  const cases = values.map(
    ({ name, value }) => `when ${literal(String(value))} then ${literal(`"${name}"`)}`,
  );
  return `case ${reference} ${cases.join(" ")} else case when ${reference} is not null then ${stop(reference)} end end`;
}

/** `null` where the graph allows it; where it promises a value, the plan stops. */
function withNull(leaf: Leaf, type: GraphQLOutputType, isNullable: boolean): Leaf {
  if (!isNullable) return leaf;
  const otherwise = isNonNullType(type) ? stop : () => "'null'";
  return { ...leaf, sql: (r) => `coalesce(${leaf.sql(r)}, ${otherwise(r)})` };
}

/** What a field of an object in a JSON column must be to be read from there. */
export interface JsonFields {
  /** The fields asked for, by response key; null where one of them has a resolver of its own. */
  of(type: GraphQLNamedType): readonly (readonly [key: string, field: JsonField])[] | null;
}

export interface JsonField {
  /** Its name in the object; null for `__typename`. */
  readonly property: string | null;
  readonly type: GraphQLOutputType;
  /** What is asked for of it. */
  readonly below: JsonFields;
}

/** How a value in a JSON column is written; null where a resolver is needed. The reference may be SQL's null. */
export function jsonLeafOf(type: GraphQLOutputType, below: JsonFields): Leaf | null {
  const nullable = getNullableType(type);
  const found = ofJson(nullable, below);
  if (!found) return null;
  const otherwise = isNonNullType(type) ? stop : () => "'null'";
  return {
    approximate: found.approximate,
    sql: (r) =>
      `case coalesce(jsonb_typeof(${r}), 'null') when ${literal(found.kind)} then ${found.sql(r)} ` +
      `when 'null' then ${otherwise(r)} else ${stop(r)} end`,
  };
}

type JsonLeaf = Leaf & { readonly kind: string };

function ofJson(type: GraphQLOutputType, below: JsonFields): JsonLeaf | null {
  if (isListType(type)) return ofJsonList(type.ofType, below);
  if (isObjectType(type)) return ofJsonObject(type, below);
  if (isEnumType(type)) return { kind: "string", ...exact((r) => enumName(type, `(${r} #>> '{}')`)) };
  return isScalarType(type) ? ofJsonScalar(type) : null;
}

/** As long as it is written without a point or an exponent, it is one number in SQL and in JavaScript. */
const short = checked((r) => `${r}::text ~ '^-?[0-9]{1,9}$'`, asText);

/** Written without exponents, so one of fewer digits is no more than a double can be. */
const asDouble = checked((r) => `length(${r}::text) < 300`, asText);

function ofJsonScalar({ name }: GraphQLScalarType): JsonLeaf | null {
  if (name === "String" || name === "ID") return { kind: "string", ...exact(asText) };
  if (name === "Boolean") return { kind: "boolean", ...exact(asText) };
  if (name === "Int" || name === "SafeInt") return { kind: "number", ...exact(short) };
  if (name === "Float") return { kind: "number", ...approximate(asDouble) };
  return name === "JSONObject" ? { kind: "object", ...approximate(asText) } : null;
}

function ofJsonList(item: GraphQLOutputType, below: JsonFields): JsonLeaf | null {
  const leaf = jsonLeafOf(item, below);
  return (
    leaf && {
      kind: "array",
      approximate: leaf.approximate,
      sql: (r) =>
        `concat('[', (select string_agg(${leaf.sql("e.value")}, ',' order by e.place) ` +
        `from jsonb_array_elements(${r}) with ordinality as e(value, place)), ']')`,
    }
  );
}

function ofJsonObject(type: GraphQLNamedType, below: JsonFields): JsonLeaf | null {
  const fields = below.of(type)?.map(([key, field]) => ({ key, field, leaf: jsonFieldOf(type, field) }));
  if (!fields) return null;
  if (fields.some(({ leaf }) => leaf === null)) return null;
  return {
    kind: "object",
    approximate: fields.some(({ leaf }) => leaf?.approximate),
    sql: (r) =>
      jsonObject(
        fields.map(({ key, field, leaf }) => [
          key,
          leaf?.sql(`(${r} -> ${literal(field.property ?? "")})`) ?? "",
        ]),
      ),
  };
}

const jsonFieldOf = (parent: GraphQLNamedType, { property, type, below }: JsonField): Leaf | null =>
  property === null ? exact(() => literal(JSON.stringify(parent.name))) : jsonLeafOf(type, below);
