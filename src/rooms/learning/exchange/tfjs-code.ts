import type { Activation } from "../architecture/index.js";
import { normalizationEpsilon } from "../network/index.js";
import { type ExportFile, textFile } from "./export-file.js";
import { ownClasses } from "./tfjs-own.js";

/** Each activation in the library's operations, under the name that the settings of a layer call it by. */
const functions: Record<Activation, string> = {
  RELU: "tf.relu",
  TANH: "tf.tanh",
  SIGMOID: "tf.sigmoid",
  ELU: "tf.elu",
  SELU: "tf.selu",
  SOFTPLUS: "tf.softplus",
  GELU: "(x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))",
  LINEAR: "(x) => x",
  SQUARE: "tf.square",
};

const activations = Object.entries(functions).map(([name, code]) => `    ${name.toLowerCase()}: ${code},`);

const head = `/*
 * Layers that TensorFlow.js does not have, written in its own operations. Exported from Tenfold.
 *
 *   import * as tf from "@tensorflow/tfjs";
 *   import { register } from "./layers.js";
 *
 *   register(tf);
 *   const model = await tf.loadLayersModel("model.json");
 *
 * Any back end computes them. \`tf\` is version 4 of @tensorflow/tfjs, or { ...core, ...layers } of
 * @tensorflow/tfjs-core and @tensorflow/tfjs-layers. preprocessing.json says how a row becomes the network's input.
 */

/** Added to a variance before its root. */
const epsilon = ${normalizationEpsilon};
/** Added to a score that is not to count: none is left of it in a softmax, and halves of floats hold it too. */
const farBelow = -1e4;

/** Makes the layers known to the library. Call it once, before a model is loaded. */
export function register(tf) {
  const activations = {
${activations.join("\n")}
  };
`;

const mathematics = String.raw`
  /** One linear map of the last axis. */
  function dense(x, { kernel, bias }) {
    const [rows, steps, channels] = x.shape;
    const sums = tf.add(tf.matMul(tf.reshape(x, [rows * steps, channels]), kernel), bias);
    return tf.reshape(sums, [rows, steps, kernel.shape[1]]);
  }

  /** Layer normalisation over the last axis. */
  function normalized(x, { gamma, beta }) {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gamma), beta);
  }

  /** For each reason not to see a step 1 where that is seen, 0 where it is still to come, or padding (token 0). */
  function sightsOf(steps, causal, tokens) {
    const sights = [];
    if (causal) {
      const places = tf.range(0, steps);
      const soFar = tf.lessEqual(tf.reshape(places, [1, steps]), tf.reshape(places, [steps, 1]));
      sights.push(tf.reshape(tf.cast(soFar, "float32"), [1, 1, steps, steps]));
    }
    if (tokens) sights.push(tf.reshape(tf.cast(tf.notEqual(tokens, 0), "float32"), [-1, 1, 1, steps]));
    return sights;
  }

  /** Multi-head scaled dot-product self-attention; a step that sees nothing is left with zeros. */
  function attended(x, { query, key, value, output }, heads, causal, tokens) {
    const [rows, steps, channels] = x.shape;
    const width = channels / heads;
    const parts = [query, key, value].map((map) =>
      tf.transpose(tf.reshape(dense(x, map), [rows, steps, heads, width]), [0, 2, 1, 3]),
    );
    const sights = sightsOf(steps, causal, tokens);
    let scores = tf.matMul(tf.mul(parts[0], 1 / Math.sqrt(width)), parts[1], false, true);
    for (const sight of sights) scores = tf.add(scores, tf.mul(tf.sub(1, sight), farBelow));
    let shares = tf.softmax(scores);
    for (const sight of sights) shares = tf.mul(shares, sight);
    const mixed = tf.transpose(tf.matMul(shares, parts[2]), [0, 2, 1, 3]);
    return dense(tf.reshape(mixed, [rows, steps, channels]), output);
  }

  /** A layer whose weights are the tensors that its settings list, and whose shape stays. */
  class DescribedLayer extends tf.layers.Layer {
    constructor(settings) {
      super(settings);
      this.settings = settings;
      this.parts = new Map();
    }

    build() {
      // They come with the model's file; whoever trains on begins with these.
      for (const { name, shape } of this.settings.tensors)
        this.parts.set(name, this.addWeight(name, shape, "float32", tf.initializers.zeros()));
      this.built = true;
    }

    /** Of several inputs the first is what the layer changes. */
    computeOutputShape(shape) {
      return Array.isArray(shape[0]) ? shape[0] : shape;
    }

    getConfig() {
      return { ...super.getConfig(), ...this.settings };
    }

    weight(name) {
      return this.parts.get(name).read();
    }

    map(name) {
      return { kernel: this.weight(name + ".kernel"), bias: this.weight(name + ".bias") };
    }

    normalization(name) {
      return { gamma: this.weight(name + ".gamma"), beta: this.weight(name + ".beta") };
    }

    call(inputs, { training = false } = {}) {
      const [x, tokens] = Array.isArray(inputs) ? inputs : [inputs];
      return tf.tidy(() => this.forward(x, training, tokens));
    }
  }
`;

const classes = `
  /** Adds learnt values for each place. */
  class PositionEmbedding extends DescribedLayer {
    static className = "${ownClasses.POSITION_EMBEDDING}";

    forward(x) {
      return tf.add(x, this.weight("embeddings"));
    }
  }

  /**
   * Attention and a feed-forward part, each normalised before and added to its input. With "causal" a step sees itself
   * and those before it; with a second input, the tokens of the steps, nobody sees padding.
   */
  class TransformerBlock extends DescribedLayer {
    static className = "${ownClasses.TRANSFORMER_BLOCK}";

    forward(x, training, tokens) {
      const { heads, activation, dropout, causal } = this.settings;
      const silenced = (part) => (training && dropout > 0 ? tf.dropout(part, dropout) : part);
      const maps = {
        query: this.map("query"),
        key: this.map("key"),
        value: this.map("value"),
        output: this.map("attention"),
      };
      const before = normalized(x, this.normalization("attention"));
      const seen = tf.add(x, silenced(attended(before, maps, heads, causal, tokens)));
      const sums = dense(normalized(seen, this.normalization("feedForward")), this.map("feedForward"));
      return tf.add(seen, silenced(dense(activations[activation](sums), this.map("projection"))));
    }
  }

  for (const layer of [PositionEmbedding, TransformerBlock]) tf.serialization.registerClass(layer);
}
`;

/** `layers.js`: an ES module that teaches the library the layers of `ownClasses`, as network/custom-layers.ts has them. */
export const tfjsCode = (): ExportFile => textFile("layers.js", `${head}${mathematics}${classes}`);
