import { grad, mul, type Scalar, sum, type Tensor, tensor, variableGrads } from "@tensorflow/tfjs-core";
import { type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { fuseLayers } from "../../../../src/rooms/learning/compute/index.js";
import { expectClose, numbers, onOracle, onOurs } from "./both.js";

type Layer = LayersModel["layers"][number];
const recurrentInitializer = "glorotUniform" as const;
const recurrentActivation = "sigmoid" as const;
const inputShape = [11, 5];
const gates = { recurrentInitializer, recurrentActivation, inputShape };

/** What a layer gives for one batch, and the gradients to the batch and to each weight. */
function study(make: () => Layer, fused: boolean, rows: number): Tensor[] {
  const model = sequential({ layers: [make()] });
  const drawn = model.getWeights().map(({ shape }, at) => {
    const { values } = numbers(at, ...shape);
    return tensor(
      values.map((value) => value / 2),
      shape,
    );
  });
  model.setWeights(drawn);
  if (fused) fuseLayers(model);
  const batch = numbers(20, rows, ...inputShape);
  const x = tensor(batch.values, batch.shape);
  const out = model.apply(x) as Tensor;
  const share = numbers(21, ...out.shape);
  const loss = (input: Tensor) => sum(mul(model.apply(input) as Tensor, tensor(share.values, share.shape)));
  const { grads } = variableGrads(() => loss(x) as Scalar);
  const results = [out, grad(loss)(x), ...Object.values(grads)];
  const kept = results.map((result) => result.clone());
  model.dispose();
  return kept;
}

async function expectFused(make: () => Layer, rows = 3): Promise<void> {
  expectClose(await onOurs(() => study(make, true, rows)), await onOracle(() => study(make, false, rows)));
}

describe("layers in one kernel against the same layers of tfjs on the cpu back end", function () {
  this.timeout(60_000);

  for (const units of [4, 12])
    for (const returnSequences of [false, true]) {
      const output = returnSequences ? "every output" : "the last output";
      it(`LSTM of ${units} units, ${output}`, () =>
        expectFused(() => layers.lstm({ ...gates, units, returnSequences })));
      it(`GRU of ${units} units, ${output}`, () =>
        expectFused(() => layers.gru({ ...gates, units, returnSequences })));
    }

  it("recurrent layers over batches of more rows than one block of a product", async () => {
    await expectFused(() => layers.lstm({ ...gates, units: 4 }), 200);
    await expectFused(() => layers.gru({ ...gates, units: 4 }), 200);
  });

  it("recurrent layers that the kernel does not know stay tfjs's own", async () => {
    await expectFused(() => layers.lstm({ ...gates, units: 5 }));
    await expectFused(() => layers.gru({ ...gates, units: 4, recurrentActivation: "hardSigmoid" }));
    await expectFused(() => layers.lstm({ ...gates, units: 4, goBackwards: true }));
  });

  for (const activation of ["linear", "relu", "tanh", "softmax"] as const)
    it(`dense layers with ${activation}`, () =>
      expectFused(() => layers.dense({ units: 7, activation, inputShape })));

  it("dense layers without a bias stay tfjs's own", () =>
    expectFused(() => layers.dense({ units: 7, useBias: false, inputShape })));

  it("layer normalisation", async () => {
    await expectFused(() => layers.layerNormalization({ inputShape, epsilon: 1e-3 }));
    await expectFused(() => layers.layerNormalization({ inputShape, axis: [1, 2] }));
  });
});
