import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../context.js";
import type { Room } from "../room.js";
import { Node, type NodeType } from "./node.js";
import { signedIn } from "./rules.js";

/** A TypeID (typeid specification 0.3). Other text never reaches a database, which refuses some of it, e.g. NUL. */
const format = /^([a-z](?:[a-z_]{0,61}[a-z])?)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

@Resolver()
class NodeResolver {
  readonly #types: ReadonlyMap<string, NodeType>;

  constructor(types: readonly NodeType[]) {
    this.#types = new Map(types.map((type) => [type.prefix, type]));
  }

  @Query(() => Node, {
    nullable: true,
    description: "Anything by its id; null for a foreign id as for an unknown one.",
  })
  node(@Arg("id", () => ID) id: string, @Ctx() context: RequestContext): Promise<object | null> | null {
    const [, prefix = ""] = format.exec(id) ?? [];
    const type = this.#types.get(prefix);
    if (!type) return null;
    const verdict = type.rule(context);
    if (verdict !== true) throw verdict;
    return type.find(context, id);
  }
}

/** `node(id:)` over what all rooms can find. */
export const nodeRoom = (rooms: readonly Room[]): Room => ({
  name: "node",
  resolvers: [new NodeResolver(rooms.flatMap((room) => room.nodes ?? []))],
  rules: { Query: { node: signedIn } },
});
