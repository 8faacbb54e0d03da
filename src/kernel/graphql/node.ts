import { Field, ID, InterfaceType } from "type-graphql";
import type { RequestContext } from "../context.js";
import { narrowed } from "./connection.js";
import type { Condition } from "./reads/condition.js";
import type { EntityClass } from "./reads/read.js";
import type { Rule } from "./rules.js";

/** Everything with an id. */
@InterfaceType({
  description: "Everything with an id; `node(id:)` finds it.",
  resolveType: (value: object) => value.constructor.name,
})
export abstract class Node {
  @Field(() => ID, { description: "A TypeID: its prefix says what it names." })
  id!: string;
}

/** How `node(id:)` finds the things whose ids begin with one prefix, and who may. */
export interface NodeType {
  readonly prefix: string;
  readonly rule: Rule;
  find(context: RequestContext, id: string): Promise<object | null>;
}

/** The nodes of an entity in the tenant's schema, among the rows that the rule grants; without a tenant there are none. */
export const tenantNode = (prefix: string, entity: EntityClass, rule: Rule): NodeType => ({
  prefix,
  rule,
  find: async (context, id) => {
    const granted = rule.rows?.(context) ?? [];
    const conditions: Condition[] = [{ property: "id", comparison: "equal", value: id }, ...granted];
    const found = context.tenant?.read((manager) => narrowed(manager, { entity, conditions }).getOne());
    return (await found) ?? null;
  },
});
