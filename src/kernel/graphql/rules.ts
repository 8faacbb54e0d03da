import {
  type DocumentNode,
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import type { RequestContext } from "../context.js";
import { Forbidden, type TenfoldError, Unauthenticated } from "../errors.js";
import type { Rows } from "./reads/condition.js";
import { readOf } from "./reads/read.js";

/** Decides one field for one request: true, or the error the caller gets. Synchronous, so that it costs nothing. */
export interface Rule {
  (context: RequestContext): true | TenfoldError;
  /** The permission it asks for, where it is that kind of rule; read by the access matrix and the drills. */
  readonly permission?: string | undefined;
  /** The rows it grants of what the field leads to; all of them where it is left out. */
  readonly rows?: Rows;
}

/** Rules by type and field: `{ Query: { models: can("model:read") } }`. */
export type RuleMap = Record<string, Record<string, Rule>>;

/** Anybody, without signing in. */
export const everyone: Rule = () => true;

/** Anybody with valid credentials of any kind. */
export const signedIn: Rule = ({ viewer }) => viewer.kind !== "anonymous" || new Unauthenticated();

/** The viewer holds the permission, inside a tenant. */
export function can(permission: string): Rule {
  const rule: Rule = ({ viewer, tenant }) => {
    if (viewer.kind === "anonymous") return new Unauthenticated();
    if (tenant === null)
      return new Forbidden(`This belongs to a tenant; sign in to one. It needs ${permission}.`);
    return (
      viewer.permissions.has(permission) ||
      new Forbidden(`You lack the permission ${permission}.`, { permission })
    );
  };
  return Object.assign(rule, { permission });
}

/** The operator, who runs the installation and sees no tenant's data. */
export const operator: Rule = ({ viewer }) => {
  if (viewer.kind === "anonymous") return new Unauthenticated();
  return viewer.kind === "operator" || new Forbidden("Only the operator may do this.");
};

/** What either of two rules allows; where neither does, what the second says. Throws for rules that grant some rows. */
export function either(first: Rule, second: Rule): Rule {
  if (first.rows || second.rows)
    throw new Error(
      "Which rows either of two rules grants depends on who asks: write one rule that says them.",
    );
  const rule: Rule = (context) => first(context) === true || second(context);
  return Object.assign(rule, { permission: first.permission ?? second.permission });
}

/** Asked here and not in each rule, so that no rule, however lenient, takes refused credentials for none. */
const decide = (rule: Rule, context: RequestContext): true | TenfoldError =>
  rule === everyone || (context.viewer.refusal ?? rule(context));

const rootTypes = ["Query", "Mutation", "Subscription"];

/**
 * Puts every rule in front of its field, subscriptions included. Throws when a root field or a way from one thing to
 * another has no rule, when a rule names no field, and for rules on interfaces, which would guard nothing: a schema
 * with a hole does not come up.
 */
export function applyRules(schema: GraphQLSchema, maps: readonly RuleMap[]): void {
  const guarded = new Set<string>();
  const faults = maps.flatMap((map) =>
    Object.entries(map).flatMap(([typeName, fields]) => applyToType(schema, typeName, fields, guarded)),
  );
  for (const typeName of rootTypes) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) continue;
    const open = Object.keys(type.getFields()).filter((name) => !guarded.has(`${typeName}.${name}`));
    faults.push(...open.map((name) => `no rule for ${typeName}.${name}`));
  }
  faults.push(
    ...waysBetweenThings(schema)
      .filter((way) => !guarded.has(way))
      .map((way) => `no rule for ${way}`),
  );
  if (faults.length > 0) throw new Error(`The rules do not fit the schema:\n  ${faults.join("\n  ")}`);
}

/**
 * Fields that lead from one thing with an id to another, whose own root field may ask for another permission. What a
 * payload or a page holds was decided by the field that gave it.
 */
function waysBetweenThings(schema: GraphQLSchema): string[] {
  const isThing = (type: GraphQLOutputType): boolean => {
    const named = getNamedType(type);
    if (!isObjectType(named)) return false;
    return named.name.endsWith("Connection") || named.getInterfaces().some(({ name }) => name === "Node");
  };
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || /^__|(?:Payload|Connection|Edge)$/.test(type.name)) return [];
    const fields = Object.values(type.getFields()).filter((field) => isThing(field.type));
    return fields.map((field) => `${type.name}.${field.name}`);
  });
}

/** Guards the fields of one type and notes them; answers what does not fit. */
function applyToType(
  schema: GraphQLSchema,
  typeName: string,
  rules: Record<string, Rule>,
  guarded: Set<string>,
): string[] {
  const type = schema.getType(typeName);
  if (isInterfaceType(type)) return [`${typeName} is an interface; put the rule on its objects`];
  if (!isObjectType(type)) return [`no type ${typeName}`];
  return Object.entries(rules).flatMap(([name, rule]) => {
    const place = `${typeName}.${name}`;
    const field = type.getFields()[name];
    if (!field) return [`no field ${place}`];
    if (guarded.has(place)) return [`two rules for ${place}`];
    if (rule.rows && !narrowsRows(field))
      return [`${place} reads no rows by id or by page that its rule could narrow`];
    guarded.add(place);
    guard(field as GraphQLField<unknown, RequestContext>, rule);
    return [];
  });
}

/** Whether the rows that a rule grants are heeded behind the field: other reads and resolvers take what they find. */
const narrowsRows = (field: Pick<GraphQLField<unknown, unknown>, "extensions">): boolean =>
  ["byId", "connection"].includes(readOf(field)?.kind ?? "");

function guard(field: GraphQLField<unknown, RequestContext>, rule: Rule): void {
  field.extensions = { ...field.extensions, rule };
  const wrap =
    (inner: GraphQLFieldResolver<unknown, RequestContext>): GraphQLFieldResolver<unknown, RequestContext> =>
    (parent, args, context, info) => {
      const verdict = decide(rule, context);
      if (verdict !== true) throw verdict;
      return inner(parent, args, context, info);
    };
  if (field.subscribe) field.subscribe = wrap(field.subscribe);
  field.resolve = wrap(field.resolve ?? defaultFieldResolver);
}

const known = new WeakMap<DocumentNode, ReadonlySet<Rule>>();

/**
 * The rules of all fields in a document, those behind `@skip` and `@include` too: a variable decides these later.
 * Computed once a document.
 */
export function rulesOf(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<Rule> {
  const remembered = known.get(document);
  if (remembered) return remembered;
  const rules = new Set<Rule>();
  const types = new TypeInfo(schema);
  const enter = (): void => {
    const rule = types.getFieldDef()?.extensions.rule as Rule | undefined;
    if (rule) rules.add(rule);
  };
  visit(document, visitWithTypeInfo(types, { Field: { enter } }));
  known.set(document, rules);
  return rules;
}

/**
 * Why an operation is refused as a whole; null when it is not. A mutation is where the viewer may not do all of it.
 * Refused credentials open documents made of nothing but what is open to everyone: one without any rule, such as
 * `{ __typename }`, is often sent to learn whether they still hold.
 */
export function refusalOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  context: RequestContext,
  type: OperationTypeNode,
): TenfoldError | null {
  const rules = rulesOf(schema, document);
  const isOpen = rules.has(everyone) && rules.size === 1;
  if (context.viewer.refusal && !isOpen) return context.viewer.refusal;
  return type === OperationTypeNode.MUTATION ? firstRefusal(schema, document, context) : null;
}

/** The first refusal among the rules of a document's fields; null when the viewer may do all of it. */
export function firstRefusal(
  schema: GraphQLSchema,
  document: DocumentNode,
  context: RequestContext,
): TenfoldError | null {
  for (const rule of rulesOf(schema, document)) {
    const verdict = decide(rule, context);
    if (verdict !== true) return verdict;
  }
  return null;
}
