import { expect } from "chai";
import fc from "fast-check";
import { type Hyperparameters, parseHyperparameters } from "../../../src/rooms/learning/hyperparameters.js";
import { rateOf, type Schedule, scheduleKinds, wholeEpochs } from "../../../src/rooms/learning/schedule.js";
import { dataSet, fieldsOf, interruptedSha256, learn } from "./data.js";

const scheduleOf = (more: Partial<Schedule> = {}): Schedule => ({
  kind: "CONSTANT",
  warmupEpochs: 0,
  stepEpochs: 2,
  factor: 0.5,
  ...more,
});
const rates = (schedule: Schedule | null, epochs = 6): number[] =>
  Array.from({ length: epochs }, (_, at) => rateOf(8, schedule, at + 1, epochs));

describe("learning: schedules of the learning rate", () => {
  it("keep, halve and shrink the rate as they say", () => {
    expect(rates(null)).to.deep.equal([8, 8, 8, 8, 8, 8]);
    expect(rates(scheduleOf())).to.deep.equal([8, 8, 8, 8, 8, 8]);
    expect(rates(scheduleOf({ kind: "STEP" }))).to.deep.equal([8, 8, 4, 4, 2, 2]);
    expect(rates(scheduleOf({ kind: "EXPONENTIAL" }))).to.deep.equal([8, 4, 2, 1, 0.5, 0.25]);
    const cosine = rates(scheduleOf({ kind: "COSINE" }));
    expect(cosine[0]).to.equal(8);
    expect(cosine[3]).to.be.closeTo(4, 1e-12);
    expect(cosine[5]).to.be.within(0.1, 1);
  });

  it("warm up evenly to the full rate, which the first epoch after it has", () => {
    for (const kind of scheduleKinds) {
      const [first, second, third, fourth] = rates(scheduleOf({ kind, warmupEpochs: 3 }));
      expect([first, second, third, fourth], kind).to.deep.equal([2, 4, 6, 8]);
    }
  });

  it("are never negative nor above the full rate, and never rise after the warm-up", () => {
    const schedule = fc.record({
      kind: fc.constantFrom(...scheduleKinds),
      warmupEpochs: fc.nat(20),
      stepEpochs: fc.integer({ min: 1, max: 30 }),
      factor: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(schedule, fc.integer({ min: 21, max: 300 }), (chosen, epochs) => {
        const all = rates(chosen, epochs);
        expect(Math.max(...all)).to.be.at.most(8);
        expect(Math.min(...all)).to.be.at.least(0);
        const after = all.slice(chosen.warmupEpochs);
        expect(after.every((rate, at) => at === 0 || rate <= (after[at - 1] ?? 0))).to.equal(true);
      }),
    );
  });
});

describe("learning: a schedule that was stopped", () => {
  const cosine = scheduleOf({ kind: "COSINE" });
  const sumOf = (upTo: number, epochs: number): number =>
    Array.from({ length: upTo }, (_, at) => rateOf(1, cosine, at + 1, epochs)).reduce(
      (sum, rate) => sum + rate,
    );

  it("is made whole by as many epochs as learn the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 199 }), (done) => {
        const whole = wholeEpochs(cosine, done, 200);
        expect(whole).to.be.within(done, 200);
        expect(sumOf(whole, whole)).to.be.closeTo(sumOf(done, 200), 0.5);
      }),
    );
    expect(wholeEpochs(cosine, 30, 90)).to.equal(55);
  });

  it("stays as it is at its end, and where the rate does not fall to nothing", () => {
    expect(wholeEpochs(cosine, 90, 90)).to.equal(90);
    expect(wholeEpochs(null, 30, 90)).to.equal(30);
    expect(wholeEpochs(scheduleOf({ kind: "STEP" }), 30, 90)).to.equal(30);
  });
});

describe("learning: trainings by a schedule, with decay and clipping", function () {
  this.timeout(60_000);
  const { table, plan } = dataSet("penguins");
  const settings = {
    "a falling rate": { schedule: { kind: "STEP", stepEpochs: 1, factor: 0.3 } },
    "a warm-up and a cosine": { schedule: { kind: "COSINE", warmupEpochs: 2 } },
    "weight decay": { weightDecay: 0.1 },
    "short gradients": { clipNorm: 0.05 },
    "momentum under a schedule": { optimizer: "MOMENTUM", schedule: { kind: "EXPONENTIAL" } },
    "all at once": { weightDecay: 0.1, clipNorm: 0.05, schedule: { kind: "COSINE", warmupEpochs: 1 } },
  };
  for (const [what, hyperparameters] of Object.entries(settings))
    it(`go on to the same weights, to the bit, with ${what}, and to others without`, async () => {
      const chosen = { ...plan, hyperparameters: { epochs: 4, ...hyperparameters } };
      const whole = await learn(table, chosen);
      expect(await interruptedSha256(table, chosen)).to.equal(whole.sha256);
      const { optimizer } = whole.hyperparameters as Hyperparameters;
      const plain = await learn(table, { ...plan, hyperparameters: { epochs: 4, optimizer } });
      expect(plain.sha256).to.not.equal(whole.sha256);
    });
});

describe("learning: hyperparameters that contradict each other", () => {
  const weights = [{ label: "a", weight: 2 }];
  const refused: [what: string, input: object, type: "CLASSIFICATION" | "REGRESSION", path: string][] = [
    [
      "a warm-up as long as the training",
      { epochs: 5, schedule: { warmupEpochs: 5 } },
      "CLASSIFICATION",
      "schedule.warmupEpochs",
    ],
    ["an unknown schedule", { schedule: { kind: "ZIGZAG" } }, "CLASSIFICATION", "schedule.kind"],
    ["a factor that grows", { schedule: { kind: "STEP", factor: 2 } }, "CLASSIFICATION", "schedule.factor"],
    ["weight decay without ADAM", { optimizer: "SGD", weightDecay: 0.1 }, "CLASSIFICATION", "weightDecay"],
    ["a gradient of no length", { clipNorm: 0 }, "CLASSIFICATION", "clipNorm"],
    ["classes of a number", { weightsOfClasses: weights }, "REGRESSION", "weightsOfClasses"],
    [
      "two ways to weigh",
      { weightsOfClasses: weights, classWeights: "BALANCED" },
      "CLASSIFICATION",
      "weightsOfClasses",
    ],
    [
      "a class named twice",
      { weightsOfClasses: [...weights, ...weights] },
      "CLASSIFICATION",
      "weightsOfClasses",
    ],
    [
      "a weight of nothing",
      { weightsOfClasses: [{ label: "a", weight: 0 }] },
      "CLASSIFICATION",
      "weightsOfClasses.0.weight",
    ],
    ["an unknown normalisation", { normalization: "LOUD" }, "CLASSIFICATION", "normalization"],
  ];
  for (const [what, input, type, path] of refused)
    it(`are refused with ${what}`, () => {
      const fields = fieldsOf(() => parseHyperparameters(input, type, 100));
      expect(fields[0]?.path).to.equal(`hyperparameters.${path}`);
    });
});
