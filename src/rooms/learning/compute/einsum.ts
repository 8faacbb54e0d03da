import {
  Einsum,
  einsum,
  matMul,
  mul,
  ones,
  registerGradient,
  reshape,
  sum,
  type Tensor,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import { provide } from "./registry.js";

/** "bik,bkj->bij" as the letters of each operand and of the result. */
function parse(equation: string): { operands: string[][]; result: string[] } {
  const [left = "", right = ""] = equation.replaceAll(" ", "").split("->");
  return { operands: left.split(",").map((letters) => letters.split("")), result: right.split("") };
}

const without = (letters: readonly string[], others: readonly string[]): string[] =>
  letters.filter((letter) => !others.includes(letter));
const common = (letters: readonly string[], others: readonly string[]): string[] =>
  letters.filter((letter) => others.includes(letter));

/** Sums away the letters that are not wanted. */
function reduceTo(x: Tensor, letters: readonly string[], wanted: readonly string[]): Tensor {
  const axes = without(letters, wanted).map((letter) => letters.indexOf(letter));
  return axes.length === 0 ? x : sum(x, axes);
}

function arrange(x: Tensor, letters: readonly string[], wanted: readonly string[]): Tensor {
  const order = wanted.map((letter) => letters.indexOf(letter));
  return order.every((from, to) => from === to) ? x : transpose(x, order);
}

/** Two operands as one batched product: letters of both and the result are the batch, of both alone are summed. */
function contract(a: Tensor, b: Tensor, aLetters: string[], bLetters: string[], result: string[]): Tensor {
  const batch = common(common(aLetters, bLetters), result);
  const summed = without(common(aLetters, bLetters), result);
  const rows = without(aLetters, [...batch, ...summed]);
  const columns = without(bLetters, [...batch, ...summed]);
  const sizes = new Map([
    ...aLetters.map((letter, axis) => [letter, a.shape[axis] ?? 1] as const),
    ...bLetters.map((letter, axis) => [letter, b.shape[axis] ?? 1] as const),
  ]);
  const sidesOf = (letters: string[]) => letters.map((letter) => sizes.get(letter) ?? 1);
  const sizeOf = (letters: string[]) => sidesOf(letters).reduce((product, side) => product * side, 1);
  const matrices = (x: Tensor, letters: string[], first: string[], second: string[]): Tensor =>
    reshape(arrange(x, letters, [...batch, ...first, ...second]), [
      sizeOf(batch),
      sizeOf(first),
      sizeOf(second),
    ]);
  const product = matMul(matrices(a, aLetters, rows, summed), matrices(b, bLetters, summed, columns));
  const letters = [...batch, ...rows, ...columns];
  return arrange(reshape(product, sidesOf(letters)), letters, result);
}

function compute(equation: string, tensors: readonly Tensor[]): Tensor {
  const { operands, result } = parse(equation);
  const [a, b] = tensors;
  const [aLetters = [], bLetters = []] = operands;
  if (!a) throw new Error(`The sum of products ${equation} has no operand.`);
  const left = reduceTo(a, aLetters, [...bLetters, ...result]);
  const leftLetters = common(aLetters, [...bLetters, ...result]);
  if (!b) return arrange(left, leftLetters, result).clone();
  const right = reduceTo(b, bLetters, [...aLetters, ...result]);
  return contract(left, right, leftLetters, common(bLetters, [...aLetters, ...result]), result);
}

/** The gradient to one operand is again a sum of products, of dy and the other operand. */
function operandGradient(dy: Tensor, equation: string, tensors: readonly Tensor[], index: number): Tensor {
  const { operands, result } = parse(equation);
  const letters = operands[index] ?? [];
  const shape = tensors[index]?.shape ?? [];
  const others = tensors.filter((_, at) => at !== index);
  const otherLetters = operands.filter((_, at) => at !== index);
  const known = common(letters, [...result, ...otherLetters.flat()]);
  const left = [result, ...otherLetters].map((one) => one.join("")).join(",");
  const gradient = einsum(`${left}->${known.join("")}`, dy, ...others);
  if (known.length === letters.length) return gradient;
  // A letter of this operand alone was summed: each of its values has the same share.
  const kept = shape.map((side, axis) => (known.includes(letters[axis] ?? "") ? side : 1));
  return mul(reshape(gradient, kept), ones(shape));
}

/** Sums of products as transposes and one batched product; the shipped back end has neither these nor a gradient. */
export function provideEinsum(): void {
  provide<{ equation: string }>(Einsum, (inputs, { equation }) =>
    tidy(() => compute(equation, Object.values(inputs) as Tensor[])),
  );
  registerGradient({
    kernelName: Einsum,
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const equation = attributes["equation"] as string;
      const makers = saved.map((_, index) => () => operandGradient(dy as Tensor, equation, saved, index));
      return Object.fromEntries(makers.entries());
    },
  });
}
