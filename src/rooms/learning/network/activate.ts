import {
  add,
  div,
  elu,
  erf,
  mul,
  relu,
  selu,
  sigmoid,
  softplus,
  square,
  type Tensor,
  tanh,
} from "@tensorflow/tfjs-core";
import type { Activation } from "../architecture/index.js";

export type Activate = <Kind extends Tensor>(x: Kind) => Kind;

const gelu: Activate = (x) => mul(mul(x, 0.5), add(erf(div(x, Math.SQRT2)), 1));

/** Each activation as a function of tensors, as the layers library computes it. */
export const activate: Record<Activation, Activate> = {
  RELU: relu,
  TANH: tanh,
  SIGMOID: sigmoid,
  ELU: elu,
  SELU: selu,
  SOFTPLUS: softplus,
  GELU: gelu,
  LINEAR: (x) => x,
  SQUARE: square,
};

/** Their names in the layers library, which has none for a square. */
export const activationNames = {
  RELU: "relu",
  TANH: "tanh",
  SIGMOID: "sigmoid",
  ELU: "elu",
  SELU: "selu",
  SOFTPLUS: "softplus",
  GELU: "gelu",
  LINEAR: "linear",
} as const;
export type ActivationName = (typeof activationNames)[keyof typeof activationNames];
