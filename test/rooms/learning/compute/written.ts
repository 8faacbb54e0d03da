// What our own kernels do, written out in tfjs's operations, which run on any back end.
import * as tf from "@tensorflow/tfjs-core";

type Tensor = tf.Tensor;

/** Scaled dot-product attention of several heads; nobody sees keys that `padding` [batch, keys] has a 1 for. */
export function attention(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  heads: number,
  causal: boolean,
  padding: Tensor = tf.zeros(keys.shape.slice(0, 2)),
): Tensor {
  const [batch = 1, places = 1, width = 1] = queries.shape;
  const split = (x: Tensor) =>
    tf.transpose(tf.reshape(x, [batch, x.shape[1] ?? 1, heads, width / heads]), [0, 2, 1, 3]);
  const scores = tf.mul(tf.matMul(split(queries), split(keys), false, true), (width / heads) ** -0.5);
  const seen = keys.shape[1] ?? 1;
  const passed = causal ? tf.linalg.bandPart(tf.ones([places, seen]), -1, 0) : tf.ones([places, seen]);
  const allowed = tf.mul(passed, tf.reshape(tf.sub(1, padding), [batch, 1, 1, seen]));
  const shares = tf.softmax(tf.add(scores, tf.mul(tf.sub(allowed, 1), 1e9)));
  const mixed = tf.matMul(tf.mul(shares, allowed), split(values));
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, places, width]);
}

export function layerNormalization(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const mean = tf.mean(x, -1, true);
  const variance = tf.mean(tf.square(tf.sub(x, mean)), -1, true);
  const centred = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(centred, gamma), beta);
}

const steps = (x: Tensor): Tensor[] => tf.unstack(x, 1);
const gatesOf = (x: Tensor, count: number): Tensor[] => tf.split(x, count, 1);

/** Long short-term memory over [batch, time, inputs] with gates in the order input, forget, candidate, output. */
export function lstm(x: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor): Tensor {
  const shape = [x.shape[0] ?? 1, recurrent.shape[0] ?? 1];
  let [output, cell]: [Tensor, Tensor] = [tf.zeros(shape), tf.zeros(shape)];
  const outputs = steps(x).map((row) => {
    const sums = tf.add(tf.add(tf.matMul(row, kernel), tf.matMul(output, recurrent)), bias);
    const [i, f, g, o] = gatesOf(sums, 4) as [Tensor, Tensor, Tensor, Tensor];
    cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    output = tf.mul(tf.sigmoid(o), tf.tanh(cell));
    return output;
  });
  return tf.stack(outputs, 1);
}

/** Gated recurrent unit with gates in the order update, reset, candidate; the reset comes before the product. */
export function gru(x: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor): Tensor {
  const units = recurrent.shape[0] ?? 1;
  const [gates, candidate] = tf.split(recurrent, [2 * units, units], 1) as [Tensor, Tensor];
  let output: Tensor = tf.zeros([x.shape[0] ?? 1, units]);
  const outputs = steps(x).map((row) => {
    const sums = gatesOf(tf.add(tf.matMul(row, kernel), bias), 3) as [Tensor, Tensor, Tensor];
    const [z, r] = gatesOf(tf.matMul(output, gates), 2) as [Tensor, Tensor];
    const update = tf.sigmoid(tf.add(sums[0], z));
    const reset = tf.sigmoid(tf.add(sums[1], r));
    const proposed = tf.tanh(tf.add(sums[2], tf.matMul(tf.mul(reset, output), candidate)));
    output = tf.add(tf.mul(update, output), tf.mul(tf.sub(1, update), proposed));
    return output;
  });
  return tf.stack(outputs, 1);
}
