import { expect } from "chai";
import {
  describeArchitectures,
  faultsOf,
  type InputShape,
  layersFor,
  layerTypes,
  namedPresets,
  parseChoice,
  presetNames,
  resolveArchitecture,
  type SettingDescription,
} from "../../../../src/rooms/learning/architecture/index.js";
import { fieldsOf } from "../data.js";

const inputs: Record<string, InputShape[]> = {
  TABLE: [{ shape: [64] }, { shape: [1] }, { shape: [9] }],
  TOKENS: [
    { shape: [50], vocabulary: 5_000 },
    { shape: [1], vocabulary: 2 },
  ],
  SEQUENCE: [{ shape: [30, 4] }, { shape: [1, 1] }],
  IMAGE: [{ shape: [28, 28, 1] }, { shape: [5, 7, 3] }],
};
const resolved = (choice: object, input: InputShape) => resolveArchitecture(parseChoice(choice), input);
const typesOf = (choice: object, input: InputShape) => resolved(choice, input).layers.map(({ type }) => type);

/** A value that a form may send: at the lower bound, at the upper one, or else the default. */
function valueOf(setting: SettingDescription, bound: "minimum" | "maximum"): unknown {
  if (setting.choices) return bound === "minimum" ? setting.choices[0] : setting.choices.at(-1);
  if (setting.type === "BOOLEAN") return bound === "maximum";
  return setting.type === "INTEGER_LIST" ? [setting[bound]] : setting[bound];
}

describe("learning: named architectures", () => {
  for (const { preset, suits } of describeArchitectures()) {
    if (preset === "CUSTOM") continue;
    it(`${preset} fits every input that it says it suits`, () => {
      for (const kind of suits) {
        for (const input of inputs[kind] ?? []) {
          const made = layersFor(parseChoice({ preset }), input);
          expect(made, `${kind} ${input.shape.join()}`).to.have.property("layers");
          if ("layers" in made) expect(faultsOf(made, input, 10, 32)).to.deep.equal([]);
        }
      }
    });
  }

  it("turns a table into what each needs", () => {
    const table = { shape: [64] };
    expect(resolved({ preset: "CNN_1D" }, table).layers[0]).to.deep.equal({
      type: "RESHAPE",
      shape: [64, 1],
    });
    expect(resolved({ preset: "CNN_2D" }, table).layers[0]).to.deep.equal({
      type: "RESHAPE",
      shape: [8, 8, 1],
    });
    expect(typesOf({ preset: "LSTM", parameters: { depth: 2 } }, table)).to.deep.equal([
      "RESHAPE",
      "LSTM",
      "LSTM",
    ]);
    expect(typesOf({ preset: "TRANSFORMER", parameters: { depth: 1, dropout: 0 } }, table)).to.deep.equal([
      "RESHAPE",
      "DENSE",
      "POSITION_EMBEDDING",
      "TRANSFORMER_BLOCK",
      "LAYER_NORMALIZATION",
      "GLOBAL_AVERAGE_POOLING",
    ]);
    expect(typesOf({ preset: "DENSE" }, { shape: [4, 4, 1] })).to.deep.equal(["FLATTEN", "DENSE", "DENSE"]);
    expect(typesOf({ preset: "GRU" }, { shape: [9], vocabulary: 7 })).to.deep.equal(["EMBEDDING", "GRU"]);
  });

  it("answer every step, and see none to come, where the next token is foretold", () => {
    const texts: InputShape = { shape: [16], vocabulary: 9, everyStep: true };
    expect(resolved({ preset: "LSTM", parameters: { depth: 2 } }, texts).layers.slice(1)).to.deep.equal(
      Array.from({ length: 2 }, () => ({
        type: "LSTM",
        units: 64,
        dropout: 0.2,
        l2: 0,
        returnSequences: true,
      })),
    );
    const { layers } = resolved({ preset: "TRANSFORMER", parameters: { depth: 1, dropout: 0 } }, texts);
    expect(layers.map(({ type }) => type)).to.deep.equal([
      "EMBEDDING",
      "POSITION_EMBEDDING",
      "TRANSFORMER_BLOCK",
      "LAYER_NORMALIZATION",
    ]);
    expect(layers[2]).to.include({ causal: true });
  });

  it("says what does not suit, and where", () => {
    const faults = (choice: object, input: InputShape) => fieldsOf(() => resolved(choice, input));
    const [odd] = faults({ preset: "CNN_2D" }, { shape: [60] });
    expect(odd?.path).to.equal("architecture.preset");
    expect(odd?.message).to.match(/square number of inputs, such as 64, but gets 60/);
    expect(faults({ preset: "CNN_2D" }, { shape: [9], vocabulary: 3 })[0]?.message).to.match(
      /gets a sequence/,
    );
    const heads = { preset: "TRANSFORMER", parameters: { heads: 3 } };
    expect(faults(heads, { shape: [9] })[0]?.path).to.equal("architecture.parameters.dimensions");
  });

  it("takes layers alone for CUSTOM, parameters alone for the others", () => {
    expect(parseChoice({ layers: [] })).to.deep.equal({ preset: "CUSTOM", layers: [] });
    expect(fieldsOf(() => parseChoice({ preset: "LSTM", layers: [] }))[0]?.path).to.equal(
      "architecture.layers",
    );
    expect(fieldsOf(() => parseChoice({ preset: "CUSTOM", parameters: {} }))).to.not.deep.equal([]);
    expect(fieldsOf(() => parseChoice({ preset: "PERCEIVER" }))[0]?.path).to.equal("architecture.preset");
    expect(fieldsOf(() => parseChoice({ preset: "GRU", parameters: { units: 0 } }))[0]?.path).to.equal(
      "architecture.parameters.units",
    );
  });
});

describe("learning: the descriptions of architectures", () => {
  const described = describeArchitectures();

  it("name every preset and every layer", () => {
    expect(described.map(({ preset }) => preset)).to.have.members([...presetNames]);
    expect(described.at(-1)?.layers.map(({ type }) => type)).to.have.members(layerTypes);
    const settings = described.flatMap(({ parameters, layers }) => [
      ...parameters,
      ...layers.flatMap(({ settings: own }) => own),
    ]);
    for (const { name, description } of settings) expect(description, name).to.match(/\w\.$/);
  });

  it("promise bounds and defaults that are kept", () => {
    for (const { preset, parameters } of described.filter(({ preset }) => preset !== "CUSTOM")) {
      const complete = parseChoice({ preset }) as { parameters: Record<string, unknown> };
      for (const setting of parameters) {
        expect(String(complete.parameters[setting.name])).to.equal(setting.default);
        for (const bound of ["minimum", "maximum"] as const) {
          const value = valueOf(setting, bound);
          parseChoice({ preset, parameters: { [setting.name]: value } });
          if (typeof value !== "number") continue;
          const beyond = value + (bound === "minimum" ? -1 : 1);
          const [fault] = fieldsOf(() => parseChoice({ preset, parameters: { [setting.name]: beyond } }));
          expect(fault?.path).to.equal(`architecture.parameters.${setting.name}`);
        }
      }
    }
  });

  it("promise settings of layers that are taken", () => {
    for (const { type, settings } of described.at(-1)?.layers ?? []) {
      for (const bound of ["minimum", "maximum"] as const) {
        const layer = Object.fromEntries(settings.map((setting) => [setting.name, valueOf(setting, bound)]));
        expect(
          fieldsOf(() => parseChoice({ layers: [{ type, ...layer }] })),
          type,
        ).to.deep.equal([]);
      }
      const required = settings.filter((setting) => setting.required);
      const without = fieldsOf(() => parseChoice({ layers: [{ type }] })).map(({ path }) => path);
      expect(without).to.deep.equal(required.map(({ name }) => `architecture.layers.0.${name}`));
    }
  });

  it("are as many as can be chosen", () => expect(namedPresets).to.have.length(presetNames.length - 1));
});
