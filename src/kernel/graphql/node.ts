import { Field, ID, InterfaceType } from "type-graphql";
import type { EntityTarget } from "typeorm";
import type { RequestContext } from "../context.js";
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

/** The nodes of an entity in the tenant's schema; without a tenant there are none. */
export const tenantNode = (prefix: string, entity: EntityTarget<Node>, rule: Rule): NodeType => ({
  prefix,
  rule,
  find: async ({ tenant }, id) => tenant?.read((manager) => manager.findOneBy(entity, { id })) ?? null,
});
