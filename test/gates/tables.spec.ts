import { expect } from "chai";
import type { EntityMetadata } from "typeorm";
import type { ColumnMetadata } from "typeorm/metadata/ColumnMetadata.js";
import { World } from "../support/world.js";

/** Tables that are read and written by statements alone, because rows of them are never objects of the graph. */
const withoutEntity = {
  tenant: [
    "audit_seal",
    "audit_unsealed",
    "batch_prediction_piece",
    "idempotent_outcome",
    "model_artefact",
    "quota_counter",
    "sign_in_failure",
    "training_checkpoint",
    "version_outcomes",
  ],
  control: [
    "audit_head",
    "idempotent_outcome",
    "migration",
    "operator",
    "operator_session",
    "queue_clock",
    "queue_turn",
    "revocation",
    "sign_in_failure",
    "tenant_migration",
    "tenant_schema",
  ],
};

interface Column extends Record<string, unknown> {
  table: string;
  name: string;
  type: string;
  nullable: boolean;
  /** Whether an insert may leave it out. */
  optional: boolean;
}

const columnsOf = `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    not a.attnotnull as nullable, not a.attnotnull or d.oid is not null or a.attidentity <> '' as optional
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = $1::regnamespace and c.relkind = 'r'`;

describe("tables", () => {
  let world: World;
  let tenantSchema: string;

  before(async () => {
    world = await World.start();
    tenantSchema = (await world.tenant("tables")).schema;
  });
  after(() => world.stop());

  const entitiesIn = (control: boolean): EntityMetadata[] =>
    world.app.kernel.source.entityMetadatas.filter(({ schema }) => (schema === "control") === control);

  const facts = (column: ColumnMetadata): string => {
    const { driver } = world.app.kernel.source;
    const type = driver.normalizeType(column) + (column.isArray ? "[]" : "");
    return `${column.databaseName} ${type}${column.isNullable ? "" : " not null"}`;
  };

  /** What an entity says and the database denies, or the other way round. */
  const contradictions = (entity: EntityMetadata, columns: readonly Column[]): string[] => {
    const real = columns.filter(({ table }) => table === entity.tableName);
    const stored = new Set(
      real.map(({ name, type, nullable }) => `${name} ${type}${nullable ? "" : " not null"}`),
    );
    const claimed = entity.columns.map(facts).filter((fact) => !stored.has(fact));
    const known = new Set(entity.columns.map(({ databaseName }) => databaseName));
    const needed = real.filter(({ name, optional }) => !optional && !known.has(name));
    return [
      ...claimed.map((fact) => `${entity.name}: ${fact}`),
      ...needed.map(({ name }) => `${entity.name} lacks ${name}, which every row needs`),
    ];
  };

  for (const place of ["tenant", "control"] as const) {
    it(`of ${place} schemas are as their entities say`, async () => {
      const columns = await world.admin<Column>(columnsOf, [place === "tenant" ? tenantSchema : "control"]);
      const entities = entitiesIn(place === "control");
      expect(entities).to.not.have.lengthOf(0);
      expect(entities.flatMap((entity) => contradictions(entity, columns))).to.deep.equal([]);
    });

    it(`of ${place} schemas are all known`, async () => {
      const columns = await world.admin<Column>(columnsOf, [place === "tenant" ? tenantSchema : "control"]);
      const mapped = new Set(entitiesIn(place === "control").map(({ tableName }) => tableName));
      const tables = [...new Set(columns.map(({ table }) => table))];
      expect(withoutEntity[place]).to.include.members(tables.filter((table) => !mapped.has(table)));
      expect(tables).to.include.members(withoutEntity[place]);
    });
  }

  it("would be found out with a wrong type, nullability or a column too few", () => {
    const [entity] = entitiesIn(true);
    if (!entity) throw new Error("There is no entity of the control schema.");
    const wrong = { table: entity.tableName, name: "id", type: "integer", nullable: true, optional: true };
    const extra = { ...wrong, name: "extra", nullable: false, optional: false };
    const found = contradictions(entity, [wrong, extra]);
    expect(found).to.have.lengthOf(entity.columns.length + 1);
    expect(found.at(-1)).to.contain("lacks extra");
  });
});
