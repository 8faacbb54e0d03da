import * as tf from "@tensorflow/tfjs-core";
import {
  adam,
  attend,
  convolutionLayer,
  denseLayer,
  gruCell,
  layerNormalize,
  lstmCell,
  recurrentSequence,
  softmaxCrossEntropy,
} from "../../../../src/rooms/learning/compute/index.js";
import { numbers } from "./both.js";
import * as written from "./written.js";

type Tensor = tf.Tensor;

/** Something that runs the kernel and, for the kernels that only our engine has, the same from tfjs's operations. */
export interface Case {
  ours: () => Tensor[];
  theirs?: () => Tensor[];
}

const draw = (seed: number, ...shape: number[]): Tensor => tf.tensor(numbers(seed, ...shape).values, shape);
const x = () => draw(1, 3, 5, 4);
const y = () => draw(2, 3, 5, 4);
const positive = () => tf.add(tf.abs(x()), 0.1);
const truth = () => tf.greater(x(), 0);
const image = () => draw(3, 2, 7, 6, 4) as tf.Tensor4D;
const filter = () => draw(4, 3, 3, 4, 5) as tf.Tensor4D;
const depthFilter = () => draw(5, 3, 3, 4, 2) as tf.Tensor4D;
const ids = () => tf.tensor1d([2, 0, 2, 1], "int32");
const asNumbers = (tensor: Tensor): Tensor => tf.cast(tensor, "float32");

/** The gradients of the operation's squared sum to each operand. */
const gradients =
  (operation: (...operands: Tensor[]) => Tensor, ...operands: (() => Tensor)[]) =>
  () =>
    tf.grads((...given: Tensor[]) => tf.sum(tf.square(operation(...given))))(operands.map((make) => make()));

const unary = (operation: (x: Tensor) => Tensor, operand = x): Case => ({
  ours: () => [operation(operand())],
});
const binary = (operation: (x: Tensor, y: Tensor) => Tensor): Case => ({ ours: () => [operation(x(), y())] });
const pair = (ours: () => Tensor[], theirs?: () => Tensor[]): Case => ({ ours, theirs });

const conv = (a: Tensor, b: Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same");
const depthwise = (a: Tensor, b: Tensor) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same");
const maxPool = (a: Tensor) => tf.maxPool(a as tf.Tensor4D, 2, 2, "same");
const avgPool = (a: Tensor) => tf.avgPool(a as tf.Tensor4D, 2, 2, "same");

/** Kernels that every back end of tfjs names so. */
const common: Record<string, Case> = {
  Abs: unary(tf.abs),
  Add: binary(tf.add),
  ArgMax: unary((a) => asNumbers(tf.argMax(a, -1))),
  AvgPool: unary(avgPool, image),
  AvgPoolGrad: pair(gradients(avgPool, image)),
  BatchMatMul: pair(() => [tf.matMul(x(), y(), false, true)]),
  Cast: unary((a) => asNumbers(tf.cast(a, "int32"))),
  ClipByValue: unary((a) => tf.clipByValue(a, -1, 1)),
  Concat: binary((a, b) => tf.concat([a, b], 1)),
  Conv2D: pair(() => [conv(image(), filter())]),
  Conv2DBackpropFilter: pair(gradients(conv, image, filter)),
  Conv2DBackpropInput: pair(gradients(conv, image, filter)),
  DepthwiseConv2dNative: pair(() => [depthwise(image(), depthFilter())]),
  DepthwiseConv2dNativeBackpropFilter: pair(gradients(depthwise, image, depthFilter)),
  DepthwiseConv2dNativeBackpropInput: pair(gradients(depthwise, image, depthFilter)),
  Einsum: pair(() => [tf.einsum("abc,abd->acd", x(), y())]),
  Elu: unary(tf.elu),
  EluGrad: pair(gradients((a) => tf.elu(a), x)),
  Equal: binary((a, b) => asNumbers(tf.equal(tf.round(a), tf.round(b)))),
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  ExpandDims: unary((a) => tf.expandDims(a, 1)),
  Fill: pair(() => [tf.fill([2, 3], 1.5)]),
  Floor: unary(tf.floor),
  FusedBatchNorm: pair(() => [
    tf.batchNorm(x(), draw(6, 4), tf.abs(draw(7, 4)), draw(8, 4), draw(9, 4), 0.01),
  ]),
  FusedConv2D: pair(() => [
    tf.fused.conv2d({
      x: image(),
      filter: filter(),
      strides: 1,
      pad: "same",
      bias: draw(10, 5),
      activation: "relu",
    }),
  ]),
  GatherV2: pair(() => [tf.gather(x(), ids()), tf.gather(x(), ids(), 1)]),
  Greater: binary((a, b) => asNumbers(tf.greater(a, b))),
  GreaterEqual: binary((a, b) => asNumbers(tf.greaterEqual(a, b))),
  Identity: unary((a) => tf.clone(a)),
  Less: binary((a, b) => asNumbers(tf.less(a, b))),
  LessEqual: binary((a, b) => asNumbers(tf.lessEqual(a, b))),
  Log: unary(tf.log, positive),
  Log1p: unary(tf.log1p, positive),
  LogicalAnd: pair(() => [asNumbers(tf.logicalAnd(truth(), tf.less(y(), 1)))]),
  LogicalNot: pair(() => [asNumbers(tf.logicalNot(truth()))]),
  Max: unary((a) => tf.max(a, 1)),
  MaxPool: unary(maxPool, image),
  MaxPoolGrad: pair(gradients(maxPool, image)),
  Maximum: binary(tf.maximum),
  Mean: unary((a) => tf.mean(a, [0, 2])),
  Minimum: binary(tf.minimum),
  Multiply: binary(tf.mul),
  Neg: unary(tf.neg),
  NotEqual: binary((a, b) => asNumbers(tf.notEqual(tf.round(a), tf.round(b)))),
  OnesLike: unary(tf.onesLike),
  Pack: binary((a, b) => tf.stack([a, b], 1)),
  PadV2: unary((a) =>
    tf.pad(a, [
      [1, 0],
      [0, 2],
      [1, 1],
    ]),
  ),
  Pow: pair(() => [tf.pow(positive(), 2.5)]),
  RealDiv: pair(() => [tf.div(x(), positive())]),
  Relu: unary(tf.relu),
  Reshape: unary((a) => tf.reshape(a, [12, 5])),
  Reverse: unary((a) => tf.reverse(a, 1)),
  Rsqrt: unary(tf.rsqrt, positive),
  Select: pair(() => [tf.where(truth(), x(), y())]),
  Selu: unary(tf.selu),
  Sigmoid: unary(tf.sigmoid),
  Slice: unary((a) => tf.slice(a, [1, 2, 0], [2, 2, 3])),
  Softmax: unary((a) => tf.softmax(a)),
  Softplus: unary(tf.softplus),
  SplitV: unary((a) => tf.add(...(tf.split(a, 2, 2) as [Tensor, Tensor]))),
  Sqrt: unary(tf.sqrt, positive),
  Square: unary(tf.square),
  SquaredDifference: binary(tf.squaredDifference),
  Step: unary((a) => tf.step(a, 0.1)),
  Sub: binary(tf.sub),
  Sum: unary((a) => tf.sum(a, 1)),
  Tanh: unary(tf.tanh),
  Tile: unary((a) => tf.tile(a, [2, 1, 3])),
  Transpose: unary((a) => tf.transpose(a, [2, 0, 1])),
  Unpack: unary((a) => tf.addN(tf.unstack(a, 1)), x),
  UnsortedSegmentSum: pair(() => [tf.unsortedSegmentSum(draw(11, 4, 6), ids(), 3)]),
  ZerosLike: unary(tf.zerosLike),
  _FusedMatMul: pair(() => [
    tf.fused.matMul({ a: draw(12, 7, 5), b: draw(13, 5, 6), bias: draw(14, 6), activation: "relu" }),
  ]),
};

const queries = () => draw(15, 2, 5, 6);
const keys = () => draw(16, 2, 5, 6);
const values = () => draw(17, 2, 5, 6);
const attended = (q: Tensor, k: Tensor, v: Tensor) => attend(q, k, v, 2, true);
const attendedWritten = (q: Tensor, k: Tensor, v: Tensor) => written.attention(q, k, v, 2, true);

const gamma = () => draw(18, 4);
const beta = () => draw(19, 4);
const normalized = (a: Tensor, g: Tensor, b: Tensor) => layerNormalize(a, g, b, 1e-3);
const normalizedWritten = (a: Tensor, g: Tensor, b: Tensor) => written.layerNormalization(a, g, b, 1e-3);

const weights = (gates: number) =>
  [() => draw(20, 4, gates * 8), () => draw(21, 8, gates * 8), () => draw(22, gates * 8)] as const;
const sequence =
  (cell: typeof lstmCell): typeof written.lstm =>
  (a, kernel, recurrent, bias) =>
    recurrentSequence(cell, a, { kernel, recurrent, bias });

const dense = [x, () => draw(23, 4, 7), () => draw(24, 7)];
const rectified: Operation = (a, kernel, bias) => denseLayer(a, kernel, bias, true);
const rectifiedWritten: Operation = (a, kernel, bias) => {
  const sums = tf.matMul(tf.reshape(a, [15, 4]), kernel);
  return tf.reshape(tf.relu(tf.add(sums, bias)), [3, 5, 7]);
};

const convolved = [image, filter, () => draw(27, 5)];
const convolutionOf: Operation = (a, kernel, bias) =>
  convolutionLayer(a, kernel, bias, { strides: 1, pad: "same", relu: true });
const convolutionWritten: Operation = (a, kernel, bias) => tf.relu(tf.add(conv(a, kernel), bias));

/** Rows of different weights. */
const truths = () => tf.abs(draw(25, 3, 5, 6));
const entropy = (loss: (scores: Tensor) => Tensor) => () => {
  const scores = tf.mul(draw(26, 3, 5, 6), 10);
  return [loss(scores), tf.grad(loss)(scores)];
};

type Maker = () => Tensor;
type Operation = (...operands: Tensor[]) => Tensor;
/** The forward kernel and that of its gradient, against the operation written out. */
const both = (name: string, ours: Operation, theirs: Operation, operands: readonly Maker[]) => ({
  [name]: pair(
    () => [ours(...operands.map((make) => make()))],
    () => [theirs(...operands.map((make) => make()))],
  ),
  [`${name}Gradient`]: pair(gradients(ours, ...operands), gradients(theirs, ...operands)),
});

/** Two steps of the optimizer down a bowl. */
function descend(optimizer: tf.Optimizer): Tensor[] {
  const weight = tf.variable(x());
  for (let step = 0; step < 2; step++)
    optimizer.minimize(() => tf.sum(tf.square(tf.sub(weight, y()))), false, [weight]);
  const result = tf.clone(weight);
  weight.dispose();
  optimizer.dispose();
  return [result];
}

/** A case for every operation that is allowed. */
export const cases: Readonly<Record<string, Case>> = {
  ...common,
  TenfoldAdam: pair(
    () => descend(adam(0.1)),
    () => descend(tf.train.adam(0.1)),
  ),
  ...both("TenfoldAttention", attended, attendedWritten, [queries, keys, values]),
  ...both("TenfoldLayerNormalization", normalized, normalizedWritten, [x, gamma, beta]),
  ...both("TenfoldConvolution", convolutionOf, convolutionWritten, convolved),
  TenfoldConvolutionInputGradient: pair(
    gradients(convolutionOf, ...convolved),
    gradients(convolutionWritten, ...convolved),
  ),
  TenfoldMaxGradient: pair(gradients((a) => tf.max(a, 1), x)),
  TenfoldCrossEntropy: pair(
    entropy((scores) => softmaxCrossEntropy(truths(), scores)),
    entropy((scores) => tf.neg(tf.mean(tf.sum(tf.mul(truths(), tf.logSoftmax(scores)), -1)))),
  ),
  ...both("TenfoldDense", rectified, rectifiedWritten, dense),
  TenfoldDenseInputGradient: pair(gradients(rectified, ...dense), gradients(rectifiedWritten, ...dense)),
  ...both("TenfoldLstm", sequence(lstmCell), written.lstm, [x, ...weights(4)]),
  ...both("TenfoldGru", sequence(gruCell), written.gru, [x, ...weights(3)]),
};
