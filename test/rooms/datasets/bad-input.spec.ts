import { expect } from "chai";
import type { Answer } from "../../support/client.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { count, create, find, put, tryCreate } from "./support.js";

interface BadFile {
  what: string;
  content: string | Buffer;
  code: string;
  row?: number;
  column?: string;
  format?: string;
}

const files: BadFile[] = [
  { what: "nothing", content: "", code: "DATASET_EMPTY" },
  { what: "a header alone", content: "a,b\n", code: "DATASET_EMPTY", row: 1 },
  { what: "white space", content: "\n \n\n", code: "DATASET_EMPTY" },
  { what: "a ragged row", content: "a,b\n1,2\n3\n", code: "DATASET_RAGGED_ROW", row: 3 },
  {
    what: "a ragged row after a quoted newline",
    content: 'a,b\n"1\n1",2\n3,4,5\n',
    code: "DATASET_RAGGED_ROW",
    row: 4,
  },
  { what: "a ragged row of TSV", content: "a\tb\n1\n", code: "DATASET_RAGGED_ROW", row: 2, format: "TSV" },
  {
    what: "a duplicate header",
    content: "a,b,a\n1,2,3\n",
    code: "DATASET_DUPLICATE_COLUMN",
    row: 1,
    column: "a",
  },
  {
    what: "a nameless column",
    content: "a,,b\n1,2,3\n",
    code: "DATASET_COLUMN_NAME_INVALID",
    row: 1,
    column: "column 2",
  },
  {
    what: "a column named __proto__",
    content: "__proto__\n1\n",
    code: "DATASET_COLUMN_NAME_INVALID",
    row: 1,
  },
  {
    what: "a million columns",
    content: `${"a,".repeat(500_000)}a\n`,
    code: "DATASET_TOO_MANY_COLUMNS",
    row: 1,
  },
  {
    what: "a cell too long",
    content: `a,b\n1,${"x".repeat(65_537)}\n`,
    code: "DATASET_CELL_TOO_LARGE",
    row: 2,
    column: "b",
  },
  { what: "a quote left open", content: 'a,b\n1,"2\n3,4\n', code: "DATASET_QUOTE", row: 2 },
  { what: "a stray quote", content: 'a,b\n1,2\n3,4"5\n', code: "DATASET_QUOTE", row: 3 },
  { what: "a NUL byte", content: "a,b\n1,\0\n", code: "DATASET_BINARY", row: 2 },
  {
    what: "a line that is no JSON",
    content: '{"a":1}\n{"a":\n',
    code: "DATASET_JSON_INVALID",
    row: 2,
    format: "JSONL",
  },
  {
    what: "a list inside a line of JSON",
    content: '{"a":1}\n\n{"a":2,"b":[1]}\n',
    code: "DATASET_VALUE_NESTED",
    row: 3,
    column: "b",
    format: "JSONL",
  },
  {
    what: "an escaped NUL in JSON",
    content: '{"a":"\\u0000"}\n',
    code: "DATASET_BINARY",
    row: 1,
    column: "a",
    format: "JSONL",
  },
  {
    what: "half a character in JSON",
    content: '{"a":"\\udc00"}\n',
    code: "DATASET_ENCODING",
    row: 1,
    column: "a",
    format: "JSONL",
  },
  { what: "a zip", content: "PK\x03\x04 and so on", code: "DATASET_BINARY" },
];

/** Bytes that no text of GraphQL can carry. */
const bytesOnly: BadFile[] = [
  {
    what: "Latin-1 text",
    content: Buffer.from("name\nMüller\n", "latin1"),
    code: "DATASET_ENCODING",
    row: 2,
  },
  {
    what: "Latin-1 in JSON",
    content: Buffer.from('{"a":"x"}\n{"a":"Müller"}\n', "latin1"),
    code: "DATASET_ENCODING",
    row: 2,
    format: "JSONL",
  },
  { what: "gzip", content: Buffer.from("1f8b0800000000000003", "hex"), code: "DATASET_BINARY" },
  {
    what: "UTF-16 without a mark",
    content: Buffer.from("name,age\nAda,36\n", "utf16le"),
    code: "DATASET_ENCODING",
    row: 1,
  },
];

describe("datasets: bad files", () => {
  let world: World;
  let tenant: TenantOfWorld;

  before(async () => {
    world = await World.start({ uploadLimitBytes: 3 * 1024 * 1024 });
    tenant = await world.tenant("bad");
  });
  after(() => world.stop());

  const expectRefusal = (answer: Answer, { code, row, column }: BadFile): void => {
    expect(answer).to.failWithReason("BAD_USER_INPUT", code);
    const [error] = answer.errors ?? [];
    expect(error?.extensions?.fields).to.deep.equal([{ path: "content", message: error?.message }]);
    expect(error?.extensions?.["row"]).to.equal(row);
    if (column !== undefined) expect(error?.extensions?.["column"]).to.equal(column);
    expect(error?.extensions?.requestId).to.be.a("string");
  };

  for (const file of files) {
    it(`inline, refuses ${file.what} and stores nothing`, async () => {
      const tables = ["dataset", "dataset_piece", "usage_event"];
      const before = await Promise.all(tables.map((table) => count(world, tenant, table)));
      const input = { format: file.format ?? "CSV", content: file.content.toString() };
      expectRefusal(await tryCreate(tenant.owner, input), file);
      expect(await Promise.all(tables.map((table) => count(world, tenant, table)))).to.deep.equal(before);
    });
  }

  for (const file of [...files, ...bytesOnly]) {
    it(`uploaded, refuses ${file.what} and lets the URL be tried again`, async () => {
      const { id, uploadUrl } = await create(tenant.owner, { format: file.format ?? "CSV" });
      const answer = await put(world, uploadUrl, file.content as string);
      expectRefusal(answer, file);
      expect(answer.status).to.equal(400);
      expect(await find(tenant.owner, id, "status rowCount")).to.deep.equal({
        status: "PENDING",
        rowCount: null,
      });
      expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(0);
      const good: Record<string, string> = { TSV: "a\tb\n1\t2\n", JSONL: '{"a":1}' };
      expect(await put(world, uploadUrl, good[file.format ?? ""] ?? "a,b\n1,2\n")).to.deep.include({
        status: 200,
      });
    });
  }

  it("answers 413 to a file over the limit, with and without a length told", async () => {
    const { id, uploadUrl } = await create(tenant.owner, {});
    const large = `a,b\n${"1,2\n".repeat(1024 * 1024)}`;
    for (const body of [large, new Blob([large]).stream()]) {
      const answer = await put(world, uploadUrl, body);
      expect(answer).to.failWithReason("BAD_USER_INPUT", "DATASET_TOO_LARGE");
      expect(answer.status).to.equal(413);
    }
    expect(await find(tenant.owner, id, "status")).to.deep.equal({ status: "PENDING" });
  });

  it("serves on after all of them", async () => {
    expect(await create(tenant.owner, { content: "a\n1\n" })).to.include({ status: "READY" });
  });
});
