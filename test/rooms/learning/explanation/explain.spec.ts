import { expect } from "chai";
import {
  type Explanation,
  type LearningResult,
  type ModelSource,
  PredictorPool,
} from "../../../../src/rooms/learning/index.js";
import { codeOf, dataSet, learn } from "../data.js";

const penguins = dataSet("penguins");
const cars = dataSet("mpg");

/** Texts whose class is a single word among others. */
const messages = Array.from({ length: 120 }, (_, at) => {
  const spam = at % 2 === 0;
  const others = ["please", "call", "today", "about", "dinner", "meeting"]
    .slice(at % 5, (at % 5) + 2)
    .join(" ");
  return [`${others} ${spam ? "prize" : "thanks"} number${at}`, spam ? "spam" : "ham"];
});

describe("learning: explanations of predictions", function () {
  this.timeout(60_000);
  let pool: PredictorPool;
  const models = new Map<string, ModelSource>();
  const keep = (name: string, { artefact }: LearningResult): void =>
    void models.set(name, { key: name, load: () => Promise.resolve(artefact) });
  before(async () => {
    pool = new PredictorPool({ threads: 1 });
    keep("penguins", await learn(penguins.table, penguins.plan));
    keep("cars", await learn(cars.table, cars.plan));
    keep(
      "messages",
      await learn(
        { columns: ["text", "kind"], rows: messages },
        {
          task: { type: "TEXT_CLASSIFICATION", target: "kind", features: [{ column: "text", kind: "TEXT" }] },
          seed: 1,
        },
      ),
    );
  });
  after(() => pool.close());

  const explained = (name: string, row: object, more: object = {}): Promise<Explanation> =>
    pool.explain(models.get(name) as ModelSource, [row], {
      label: null,
      evaluations: 1_024,
      seed: 0,
      ...more,
    });
  const total = ({ attributions }: Explanation): number =>
    attributions.reduce((sum, { value }) => sum + value, 0);

  it("sum to the difference from the baseline, for every row and class", async () => {
    for (const row of penguins.objects.slice(0, 40).filter((_, at) => at % 4 === 0))
      for (const label of [null, "Adelie", "Gentoo"]) {
        const explanation = await explained("penguins", row, { label });
        const { output, baselineOutput, sumError } = explanation;
        expect(total(explanation)).to.be.closeTo(output - baselineOutput, 1e-9);
        expect(sumError).to.be.below(1e-9);
      }
  });

  it("explain what predict says: the likeliest class and its probability, or the number", async () => {
    const [row] = penguins.objects;
    const { predictions } = await pool.predict(models.get("penguins") as ModelSource, [row]);
    const { label, output, method, baseline, attributions, evaluations } = await explained(
      "penguins",
      row ?? {},
    );
    expect(label).to.equal(predictions[0]?.label);
    expect(output).to.be.closeTo(predictions[0]?.confidence ?? 0, 1e-6);
    expect({ method, baseline, evaluations }).to.deep.equal({
      method: "EXACT",
      baseline: "TRAINING_STATISTICS",
      evaluations: 2 ** attributions.length,
    });
    const [car] = cars.objects;
    const value = (await pool.predict(models.get("cars") as ModelSource, [car])).predictions[0]?.value;
    const number = await explained("cars", car ?? {});
    expect(number.label).to.equal(null);
    expect(number.output).to.be.closeTo(value ?? 0, 1e-3);
  });

  it("ask how many evaluations may be made before they make any", async () => {
    const asked: number[] = [];
    const [row = {}] = penguins.objects;
    const request = { label: "no such penguin", evaluations: 1_024, seed: 0 };
    const refused = pool.explain(models.get("penguins") as ModelSource, [row], request, async (count) => {
      asked.push(count);
      throw new RangeError("too many");
    });
    // That the label is unknown is seen in what was evaluated.
    expect(await codeOf(refused)).to.contain("RangeError");
    expect(asked).to.deep.equal([(await explained("penguins", row)).evaluations]);
  });

  it("give nothing to a column that is as the baseline has it", async () => {
    const { attributions } = await explained("penguins", { ...penguins.objects[0], island: "nowhere known" });
    expect(attributions.find(({ column }) => column === "island")?.value).to.equal(0);
  });

  it("name the word that decides", async () => {
    const { attributions, baseline, label } = await explained("messages", {
      text: "Call me about the PRIZE today",
    });
    expect({ baseline, label }).to.deep.equal({ baseline: "EMPTY_TEXT", label: "spam" });
    expect(attributions.map(({ word }) => word)).to.deep.equal([
      "Call",
      "me",
      "about",
      "the",
      "PRIZE",
      "today",
    ]);
    const most = attributions.toSorted((a, b) => b.value - a.value)[0];
    expect(most?.word).to.equal("PRIZE");
  });

  it("sample where there are many words, within what is allowed and reproducibly", async () => {
    const text = Array.from({ length: 60 }, (_, at) => (at === 30 ? "prize" : `word${at}`)).join(" ");
    const one = await explained("messages", { text }, { seed: 5, evaluations: 300 });
    expect(one.method).to.equal("SAMPLED");
    expect(one.evaluations).to.be.within(119, 300);
    expect(one.sumError).to.be.below(1e-9);
    expect(await explained("messages", { text }, { seed: 5, evaluations: 300 })).to.deep.equal(one);
    expect(one.attributions.toSorted((a, b) => b.value - a.value)[0]?.word).to.equal("prize");
  });

  for (const [what, name, row, more] of [
    ["a class that there is not", "penguins", penguins.objects[0], { label: "Emperor" }],
    ["a class of a regression", "cars", cars.objects[0], { label: "fast" }],
    ["a text without words", "messages", { text: "  " }, {}],
    ["an unknown column", "penguins", { iland: 1 }, {}],
    ["fewer evaluations than parts", "messages", { text: "word ".repeat(100) }, { evaluations: 100 }],
  ] as const)
    it(`refuse ${what}`, async () => {
      expect(await codeOf(explained(name, row ?? {}, more))).to.equal("BAD_USER_INPUT");
    });
});
