import { expect } from "chai";
import fc from "fast-check";
import { escaped, figure, section, table } from "../../../src/rooms/models/card/markdown.js";
import { type TenantOfWorld, World } from "../../support/world.js";
import { createDataset, createModel, ended, quick, start } from "../training/support.js";

/** What a reader of CommonMark makes of escaped text. */
const read = (markdown: string): string =>
  markdown
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

describe("models: Markdown of a card", () => {
  it("shows names as they are, and nothing of them is markup", () => {
    for (const [name, markdown] of [
      ["body_mass_g", "body\\_mass\\_g"],
      ["<script>alert(1)</script>", "&lt;script&gt;alert\\(1\\)&lt;\\/script&gt;"],
      ["[click](javascript:x)", "\\[click\\]\\(javascript\\:x\\)"],
      ["a | b\n# c", "a \\| b \\# c"],
      ["&lt;b&gt;", "&amp;lt\\;b&amp;gt\\;"],
      ["![x](https://e.example/i.png)", "\\!\\[x\\]\\(https\\:\\/\\/e\\.example\\/i\\.png\\)"],
    ])
      expect(escaped(name ?? "")).to.equal(markdown);
  });

  it("lets no character of markup stand alone, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 150 }), (text) => {
        const markdown = escaped(text);
        expect(markdown.replace(/\\[!-/:-@[-`{-~]|&(?:lt|gt|amp);/g, "")).to.not.match(/[!-/:-@[-`{-~\n\r]/);
        expect(read(markdown)).to.equal(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim());
      }),
    );
  });

  it("cuts what is too long, hides what turns the writing round", () => {
    expect(escaped("x".repeat(300))).to.equal(`${"x".repeat(200)}…`);
    expect(escaped("a\u202Eb\u0000c")).to.equal("a b c");
    expect(escaped(`${"x".repeat(199)}😀`)).to.equal(`${"x".repeat(199)}\uFFFD…`);
  });

  it("leaves out what is empty", () => {
    expect(section("Title", "", "\n")).to.equal("");
    expect(table(["a"], [])).to.equal("");
    expect(table(["a", "b"], [["1", "2"]])).to.equal("| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    expect([figure(0.123456), figure(null), figure(12_345)]).to.deep.equal(["0.1235", "–", "12350"]);
  });
});

describe("models: card of a version", () => {
  let world: World;
  let tenant: TenantOfWorld;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("cards");
  });
  after(() => world.stop());

  const rows = Array.from({ length: 80 }, (_, row) => {
    const label = row % 3 === 0 ? "<b>yes</b>" : "no | never";
    return `${row % 7},${label},id-${row},${label}`;
  });
  const hostile = `"size [x](javascript:1)",kind,id,"out<script>"\n${rows.join("\n")}\n`;

  async function cardOf(name: string, type: string, target: string, content?: string): Promise<string> {
    const datasetId = await createDataset(tenant.owner, content, "data # <img src=x>");
    const modelId = await createModel(tenant.owner, { name, type, target });
    const job = await start(tenant.owner, { modelId, datasetId, hyperparameters: quick });
    expect(await ended(tenant.owner, job)).to.deep.include({ status: "SUCCEEDED" });
    const { model } = await tenant.owner.get(
      "query ($id: ID!) { model(id: $id) { versions { nodes { modelCard } } } }",
      { id: modelId },
    );
    return model.versions.nodes[0].modelCard;
  }

  it("tells what a classification is, was made from, can do and can't", async () => {
    const card = await cardOf("# Evil <img onerror=x>", "CLASSIFICATION", "out<script>", hostile);
    expect(card.split("\n")[0]).to.equal("# \\# Evil &lt;img onerror\\=x&gt; 1.0.0");
    const titles = [...card.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(titles).to.deep.equal([
      "Intended use",
      "Lineage",
      "Data",
      "Metrics",
      "Classes",
      "Confusion",
      "Calibration",
      "Limits",
    ]);
    expect(card).to.not.match(/<|[^\\]\]\(|javascript:/);
    expect(card).to.contain("| no \\| never |").and.to.contain("Small test set: the figures rest on 20 rows");
    expect(card).to.match(/It does not read id: Most of its texts are single words.*\\\./);
    expect(card).to.match(/\| accuracy \| [\d.]+ \| [\d.]+ to [\d.]+ \|/);
    expect(card).to.contain("Seed: 7").and.to.contain("epochs 3");
    for (const row of card.split("\n").filter((line) => line.startsWith("|")))
      expect(row, row).to.match(/^\| .* \|$/);
  });

  it("tells of a regression its residuals", async () => {
    const card = await cardOf("mass", "REGRESSION", "body_mass_g");
    expect(card).to.contain("A regression of body\\_mass\\_g, trained on ");
    expect(card).to.match(/Actual minus predicted: mean -?[\d.]+, standard deviation [\d.]+\./);
    expect(card).to.not.contain("## Confusion");
    expect(card).to.match(/\| r2 \| -?[\d.]+ \| -?[\d.]+ to -?[\d.]+ \|/);
  });

  it("tells nothing of the dataset to who may not see it", async () => {
    const key = await tenant.apiKey(["model:read"]);
    const { models } = await key.get("{ models { nodes { versions { nodes { modelCard } } } } }");
    for (const { versions } of models.nodes)
      expect(versions.nodes[0].modelCard).to.contain("not yours to see").and.to.not.contain("img src");
  });
});
