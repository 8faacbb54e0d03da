import fc from "fast-check";
import type { GraphQLSchema } from "graphql";
import type { Query } from "./queries/piece.js";
import { Pieces, type Taste } from "./queries/pieces.js";
import { type Pools, Values } from "./queries/values.js";
import { write } from "./queries/write.js";

export type { Query } from "./queries/piece.js";
export type { Taste } from "./queries/pieces.js";
export type { Pools } from "./queries/values.js";

/** How deep documents nest; the cost of lists in lists bounds them before the limit of depth does. */
const levels = 7;

/**
 * Valid query documents over the whole of a schema, with variables: aliases, fragments, directives, several root
 * fields and operations. They shrink to the fewest fields.
 */
export function queries(schema: GraphQLSchema, pools: Pools, taste: Taste): fc.Arbitrary<Query> {
  const type = schema.getQueryType();
  if (!type) throw new Error("The schema has no queries.");
  const pieces = new Pieces(schema, new Values(pools), taste);
  const blueprint = fc.record({
    pieces: pieces.of(type, levels, 4),
    shared: pieces.shared(),
    isNamed: fc.boolean(),
    another: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: pieces.of(type, 3, 2) },
    ),
  });
  return blueprint.map((one) => write(schema, one));
}
