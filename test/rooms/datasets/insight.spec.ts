import { expect } from "chai";
import { type TenantOfWorld, World } from "../../support/world.js";
import { create, find, text, tryCreate } from "./support.js";

interface Warning {
  code: string;
  column: string | null;
  rows: number | null;
}

describe("datasets: what their rows tell", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("insight");
    other = await world.tenant("outsider");
  });
  after(() => world.stop());

  const of = async (content: string, fields: string, format = "CSV"): Promise<Record<string, unknown>> => {
    const { id } = await create(tenant.owner, { content, format });
    return find(tenant.owner, id, fields);
  };
  const warningsOf = async (content: string, target: string): Promise<Warning[]> =>
    (await of(content, `warnings(target: "${target}") { code column rows }`))["warnings"] as Warning[];

  describe("a preview", () => {
    it("holds numbers, truths, texts and nothing, in each format", async () => {
      const row = { n: 1.5, truth: true, word: "a b", none: null };
      const files = {
        CSV: "n,truth,word,none\n1.5,yes,a b,\n2,no,c,NA\n",
        TSV: "n\ttruth\tword\tnone\n1.5\tyes\ta b\t\n2\tno\tc\tNA\n",
        JSONL: '{"n":1.5,"truth":true,"word":"a b","none":null}\n{"n":2,"truth":false,"word":"c"}\n',
      };
      for (const [format, content] of Object.entries(files)) {
        const { preview } = await of(content, "preview", format);
        expect(preview, format).to.deep.equal([row, { n: 2, truth: false, word: "c", none: null }]);
      }
    });

    it("holds the first rows, as many as asked", async () => {
      const { id } = await create(tenant.owner, { content: text("titanic.csv") });
      const lengths = await find(
        tenant.owner,
        id,
        "usual: preview some: preview(first: 3) most: preview(first: 100)",
      );
      const sizes = Object.values(lengths).map((rows) => (rows as unknown[]).length);
      expect(sizes).to.deep.equal([20, 3, 100]);
      const query = (first: number) => `query ($id: ID!) { dataset(id: $id) { preview(first: ${first}) } }`;
      for (const first of [0, -1, 101])
        expect(await tenant.owner.send(query(first), { id })).to.failWith("BAD_USER_INPUT");
    });

    it("stays small however long the texts are and however many columns there are", async () => {
      const names = Array.from({ length: 1_000 }, (_, column) => `c${column}`).join(",");
      const cells = Array.from({ length: 1_000 }, () => "x".repeat(300)).join(",");
      const { id } = await create(tenant.owner, { content: `${names}\n${cells}\n${cells}\n` });
      const { preview } = (await find(tenant.owner, id, "preview")) as { preview: Record<string, string>[] };
      expect(preview).to.have.lengthOf(1);
      expect(preview[0]?.["c0"]).to.equal(`${"x".repeat(255)}…`);
    });

    it("is empty until there is a file", async () => {
      const { id } = await create(tenant.owner, {});
      expect(await find(tenant.owner, id, "preview")).to.deep.equal({ preview: [] });
    });
  });

  describe("warnings", () => {
    it("tell a column that is the target in other words", async () => {
      const rows = Array.from({ length: 40 }, (_, row) => `${row * 1.5},${row % 3},${"abc"[row % 3]}\n`);
      expect(await warningsOf(`x,code,class\n${rows.join("")}`, "class")).to.deep.equal([
        { code: "REPEATS_TARGET", column: "code", rows: 40 },
      ]);
    });

    it("tell a column that determines the target, and not one that nearly does", async () => {
      const rows = Array.from(
        { length: 60 },
        (_, row) => `${row % 6},${row === 59 ? 0 : row % 6},${row / 7},${row % 2 === 0 ? "even" : "odd"}\n`,
      );
      expect(await warningsOf(`six,nearly,x,class\n${rows.join("")}`, "class")).to.deep.equal([
        { code: "DETERMINES_TARGET", column: "six", rows: 60 },
      ]);
    });

    it("tell repeated and constant columns and identifiers", async () => {
      const rows = Array.from({ length: 50 }, (_, row) => {
        const value = (row * 7919) % 13;
        return `id-${row},${value},same,,${value}, ${value} ,${(row * 31) % 5}\n`;
      });
      expect(await warningsOf(`id,a,one,none,b,c,target\n${rows.join("")}`, "target")).to.deep.equal([
        { code: "REPEATS_COLUMN", column: "b", rows: null },
        { code: "REPEATS_COLUMN", column: "c", rows: null },
        { code: "NEARLY_UNIQUE", column: "id", rows: 50 },
        { code: "CONSTANT_COLUMN", column: "one", rows: null },
        { code: "CONSTANT_COLUMN", column: "none", rows: null },
      ]);
    });

    it("tell repeated rows, and those on both sides of the split", async () => {
      // Rows 0, 1 and 4 are equal and trained on; row 3 is held out and equal to row 2; row 7 to row 6.
      const rows = ["1,a", "1,a", "2,b", "2,b", "1,a", "3,c", "4,d", "4,d", "5,e"];
      expect(await warningsOf(`n,class\n${rows.join("\n")}\n`, "class")).to.deep.include.members([
        { code: "DUPLICATE_ROWS", column: null, rows: 4 },
        { code: "DUPLICATES_ACROSS_SPLIT", column: null, rows: 2 },
      ]);
    });

    it("say nothing of a table that has no fault", async () => {
      const codes = (await warningsOf(text("penguins.csv"), "species")).map(({ code }) => code);
      expect(codes).not.to.include.members(["REPEATS_TARGET"]);
      const rows = Array.from(
        { length: 50 },
        (_, row) => `${Math.sin(row)},${(row * row) % 7 > 3 ? "a" : "b"}\n`,
      );
      expect(await warningsOf(`x,class\n${rows.join("")}`, "class")).to.deep.equal([]);
    });

    it("ask for a column that is there, and for a file", async () => {
      const { id } = await create(tenant.owner, { content: "a,b\n1,2\n" });
      const pending = await create(tenant.owner, {});
      const query = 'query ($id: ID!) { dataset(id: $id) { warnings(target: "c") { code } } }';
      const answer = await tenant.owner.send(query, { id });
      expect(answer).to.failWith("BAD_USER_INPUT");
      expect(answer.errors?.[0]?.extensions?.["fields"]).to.have.nested.property("[0].path", "target");
      expect(await tenant.owner.send(query, { id: pending.id })).to.failWith("DATASET_NOT_READY");
    });
  });

  describe("versions", () => {
    const place = "id name version parent { id version }";

    it("count up through a series, whichever of it is the parent, and outlive it", async () => {
      const first = await create(tenant.owner, { content: "a\n1\n" });
      const second = await create(tenant.owner, { content: "a\n1\n2\n", parentId: first.id });
      const third = await create(tenant.owner, { parentId: first.id });
      expect(await find(tenant.owner, first.id, place)).to.include({ version: 1, parent: null });
      for (const [{ id }, version] of [
        [second, 2],
        [third, 3],
      ] as const)
        expect(await find(tenant.owner, id, place)).to.deep.include({
          version,
          parent: { id: first.id, version: 1 },
        });
      await tenant.owner.get("mutation ($id: ID!) { deleteDataset(input: { id: $id }) { dataset { id } } }", {
        id: first.id,
      });
      expect(await find(tenant.owner, second.id, place)).to.include({ version: 2, parent: null });
      const fourth = await create(tenant.owner, { content: "a\n9\n", parentId: second.id });
      expect(await find(tenant.owner, fourth.id, "version")).to.deep.equal({ version: 4 });
    });

    it("get numbers of their own at the same time", async () => {
      const { id: parentId } = await create(tenant.owner, { content: "a\n1\n" });
      const made = await Promise.all(
        Array.from({ length: 6 }, () => create(tenant.owner, { content: "a\n2\n", parentId })),
      );
      const versions = await Promise.all(made.map(({ id }) => find(tenant.owner, id, "version")));
      expect(versions.map(({ version }) => version)).to.have.members([2, 3, 4, 5, 6, 7]);
    });

    it("follow no dataset of another tenant, none that is not there, and no images", async () => {
      const theirs = await create(other.owner, { content: "a\n1\n" });
      for (const parentId of [theirs.id, `${theirs.id.slice(0, -2)}00`, "x"])
        expect(await tryCreate(tenant.owner, { content: "a\n1\n", parentId })).to.failWith("NOT_FOUND");
      const images = await create(tenant.owner, { format: "IMAGES" });
      expect(await tryCreate(tenant.owner, { content: "a\n1\n", parentId: images.id })).to.failWith(
        "BAD_USER_INPUT",
      );
    });
  });

  describe("a comparison", () => {
    const query = `query ($a: ID!, $b: ID!) { compareDatasets(a: $a, b: $b) {
      a { id } b { id } columnsAdded columnsRemoved kindsChanged rowsAdded
      columns { name kindChanged drift a { quantiles statistics { mean } } b { quantiles statistics { missing mean } } } } }`;
    interface Compared {
      name: string;
      kindChanged: boolean;
      drift: number | null;
      a: { quantiles: number[] | null; statistics: { mean: number | null } };
      b: { quantiles: number[] | null; statistics: { mean: number | null; missing: number } };
    }

    const line = (row: number, shift: number): string =>
      `${row % 100},${(row % 100) + shift},${row % 4 === 0 || shift > 0 ? "a" : "b"},${shift > 0 ? "x" : row}`;

    it("tells what was added, removed, changed and how far it drifted", async () => {
      const lines = (count: number, shift: number): string =>
        Array.from({ length: count }, (_, row) => `${line(row, shift)}\n`).join("");
      const a = await create(tenant.owner, { content: `same,moved,class,kind\n${lines(400, 0)}` });
      const b = await create(tenant.owner, {
        content: `same,moved,class,kind,more\n${lines(600, 50).replaceAll("\n", ",1\n")}`,
        parentId: a.id,
      });
      const { compareDatasets } = await tenant.owner.get(query, { a: a.id, b: b.id });
      expect(compareDatasets).to.deep.include({
        a: { id: a.id },
        b: { id: b.id },
        columnsAdded: ["more"],
        columnsRemoved: [],
        kindsChanged: ["kind"],
        rowsAdded: 200,
      });
      const columns = compareDatasets.columns as Compared[];
      const [same, moved, kind, changed] = columns;
      expect(columns.map(({ name }) => name)).to.deep.equal(["same", "moved", "class", "kind"]);
      expect(same?.drift).to.be.lessThan(0.01);
      expect(moved?.drift).to.be.greaterThan(1);
      expect(kind?.drift).to.be.greaterThan(1);
      expect(changed).to.include({ kindChanged: true, drift: null });
      [4.95, 24.75, 49.5, 74.25, 94.05].forEach((value, place) =>
        expect(same?.a.quantiles?.[place]).to.be.closeTo(value, 1e-9),
      );
      expect(moved?.b.statistics.mean).to.be.closeTo(99.5, 1e-9);
    });

    it("of a dataset with itself finds nothing", async () => {
      const { id } = await create(tenant.owner, { content: text("penguins.csv") });
      const { compareDatasets } = await tenant.owner.get(query, { a: id, b: id });
      expect(compareDatasets).to.deep.include({ columnsAdded: [], columnsRemoved: [], rowsAdded: 0 });
      for (const { drift } of compareDatasets.columns as Compared[]) expect(drift ?? 0).to.equal(0);
    });

    it("takes datasets that are there, are ready, and are the tenant's own", async () => {
      const { id: mine } = await create(tenant.owner, { content: "a\n1\n" });
      const { id: theirs } = await create(other.owner, { content: "a\n1\n" });
      const { id: pending } = await create(tenant.owner, {});
      for (const [a, b] of [
        [mine, theirs],
        [theirs, mine],
      ])
        expect(await tenant.owner.send(query, { a, b })).to.failWith("NOT_FOUND");
      expect(await tenant.owner.send(query, { a: mine, b: pending })).to.failWith("DATASET_NOT_READY");
      const viewer = await tenant.person("VIEWER");
      expect(await viewer.send(query, { a: mine, b: mine })).to.succeed();
    });
  });
});
