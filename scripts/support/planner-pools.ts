import type { EntityMetadata } from "typeorm";
import { newId } from "../../src/kernel/clock.js";
import { encodeCursor, newestFirst } from "../../src/kernel/graphql/reads/cursor.js";
import type { TenantOfWorld, World } from "../../test/support/world.js";
import { idsOf } from "./furnished.js";
import { texts } from "./planner-rows.js";
import type { Pools } from "./queries.js";

const forged = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const strangeCursors = [
  "",
  "no cursor",
  "\u0000",
  forged([]),
  forged(["Model", "id", "", ""]),
  forged(["Model", "id", "\u0000", "\u0000"]),
  forged(["Model", "name", "'; drop table model; --", "' or true --"]),
  forged(["Model", "secret", "a", "b"]),
  forged(["Model", "id", 1, 2]),
  forged(["model", "id", "zzzz", "zzzz"]),
  forged(["Tenant", "id", "zzzz", "zzzz"]),
];

const strangeIds = [
  "",
  "model",
  "model_\u0000",
  "\u0000",
  "' or '1'='1",
  "model_01k00000000000000000000000",
  "x".repeat(3_000),
  "🧪",
];

/** What callers of these tenants can name: the pools that documents take their arguments from. */
export async function poolsOf(
  world: World,
  tenant: TenantOfWorld,
  others: readonly TenantOfWorld[],
): Promise<Pools> {
  const found = await idsOf(world, tenant);
  found.delete("hash");
  const foreign = await Promise.all(others.map((other) => idsOf(world, other)));
  const strangers = foreign.flatMap((kinds) => [...kinds.values()].map((known) => known[0] ?? ""));
  const ids = Object.fromEntries([...found].map(([kind, known]) => [kind, known.slice(-30)]));
  return {
    ids,
    strangeIds: [...strangeIds, ...strangers, newId("model"), newId("audit")],
    cursors: await cursorsOf(world, tenant),
    strangeCursors,
    texts: {
      nameContains: [
        "o",
        "'",
        "\\",
        "%",
        "Ä",
        "ß",
        "\u0000",
        "",
        "x".repeat(201),
        " ",
        "🧪",
        '"',
        "no' or 'a'='a",
      ],
      column: [...texts.slice(0, 4), "no such column"],
      action: ["model:read", "audit:read", "no such permission"],
      actions: ["model.created", "user.updated", texts[0] ?? "", "\u0000", "x".repeat(101)],
      slug: [tenant.slug, "no-such-slug", ""],
      customDomain: ["no.such.test", "not a domain", ""],
    },
  };
}

/** Cursors into every list, in both orders where a list has two. */
async function cursorsOf(world: World, { schema }: TenantOfWorld): Promise<Record<string, string[]>> {
  const cursors: Record<string, string[]> = {};
  for (const entity of world.app.kernel.source.entityMetadatas)
    cursors[`${entity.name}Connection`] = await cursorsInto(world, entity, entity.schema ?? schema);
  return cursors;
}

async function cursorsInto(world: World, entity: EntityMetadata, schema: string): Promise<string[]> {
  const isNode = entity.findColumnWithPropertyName("id") !== undefined;
  if (!isNode) return [];
  const hasName = entity.findColumnWithPropertyName("name") !== undefined;
  const rows = await world.admin<{ id: string; name: string }>(
    `select id, ${hasName ? "name" : "''"} as name from ${schema}."${entity.tableName}" order by id desc limit 8`,
  );
  return rows.flatMap(({ id, name }) => [
    encodeCursor(entity.name, newestFirst, { value: id, id }),
    ...(hasName
      ? [encodeCursor(entity.name, { property: "name", direction: "ASC" }, { value: name, id })]
      : []),
  ]);
}
