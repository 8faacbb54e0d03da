import { customGrad, engine, type GradSaveFunc, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, named, provide } from "./registry.js";

interface Attributes {
  heads: number;
  causal: boolean;
}
const kernelName = "TenfoldAttention";
const gradientName = `${kernelName}Gradient`;

/** Queries, keys and values: three tensors, or one whose rows hold a row of each beside each other. */
type Operands = [Tensor, Tensor, Tensor] | [Tensor];

interface Sizes {
  batch: number;
  places: number;
  seen: number;
  width: number;
  /** Numbers from one row of queries, keys or values to the next. */
  step: number;
}

function sizesOf(operands: TensorInfo[]): Sizes {
  const [batch = 1, places = 1, step = 1] = operands[0]?.shape ?? [];
  const [, seen = places] = operands[1]?.shape ?? [];
  return { batch, places, seen, width: operands.length === 1 ? step / 3 : step, step };
}

/** Where queries, keys and values begin. */
function placesOf(heap: Heap, tensors: TensorInfo[], { width }: Sizes): number[] {
  const [first = 0, ...others] = tensors.map(heap.placeOf);
  const bytes = width * Float32Array.BYTES_PER_ELEMENT;
  return others.length === 0 ? [first, first + bytes, first + 2 * bytes] : [first, ...others];
}

/** Where the token numbers of the keys are, or 0 where no key is padding. */
const tokensOf = (heap: Heap, { tokens }: Record<string, TensorInfo | undefined>): number =>
  tokens ? heap.placeOf(tokens) : 0;

/** A row of shares is filled up to whole lanes of four. */
const shareStep = (seen: number): number => Math.ceil(seen / 4) * 4;

const present = (inputs: Record<string, TensorInfo | undefined>): TensorInfo[] =>
  [inputs["queries"], inputs["keys"], inputs["values"]].filter((each) => each !== undefined);

export function provideAttention(heap: Heap): void {
  provide<Attributes>(kernelName, (inputs, { heads, causal }) => {
    const operands = present(inputs);
    const sizes = sizesOf(operands);
    const { batch, places, seen, width, step } = sizes;
    const shares = heap.make([batch, heads, places, shareStep(seen)]);
    const out = heap.make([batch, places, width]);
    const between = [tokensOf(heap, inputs), heap.placeOf(shares), heap.placeOf(out)];
    const at = [...placesOf(heap, operands, sizes), ...between];
    heap.kernels.attention(...at, batch, places, seen, width, step, heads, causal ? 1 : 0, heap.packed);
    return [out, shares];
  });
  provide<Attributes>(gradientName, (inputs, { heads }) => {
    const operands = present(inputs);
    const results = operands.map(({ shape }) => heap.make(shape));
    const sizes = sizesOf(operands);
    const { batch, places, seen, width, step } = sizes;
    const [from, to] = [operands, results].map((tensors) => placesOf(heap, tensors, sizes));
    const known = [input(inputs, "shares"), input(inputs, "dy")].map(heap.placeOf);
    const between = [tokensOf(heap, inputs), ...known];
    const at = [...(from ?? []), ...between, ...(to ?? []), heap.extra(places * shareStep(seen))];
    heap.kernels.attentionGradient(...at, batch, places, seen, width, step, heads, heap.packed);
    return results;
  });
}

const namedOperands = ([queries, keys, values]: readonly Tensor[]) => ({ queries, keys, values });

function attendTo(operands: Operands, heads: number, causal: boolean, tokens?: Tensor): Tensor {
  const run = customGrad((...given: unknown[]) => {
    const save = given.pop() as GradSaveFunc;
    const operands = given as Tensor[];
    const inputs = named({ ...namedOperands(operands), tokens });
    const results = engine().runKernel<Tensor[]>(kernelName, inputs, { heads, causal });
    const [value, shares] = results as [Tensor, Tensor];
    // The tokens get no gradient, so they are no operand; kept like one, as they may be gone by then.
    save([shares, ...operands, ...(tokens ? [tokens] : [])]);
    const gradFunc = (dy: Tensor, [shares, ...kept]: Tensor[]): Tensor[] => {
      const saved = namedOperands(kept.slice(0, operands.length));
      const given = named({ ...saved, shares, dy, tokens: tokens && kept.at(-1) });
      return engine().runKernel<Tensor[]>(gradientName, given, { heads });
    };
    return { value, gradFunc };
  });
  return run(...operands);
}

/**
 * Scaled dot-product attention of `heads` heads: queries [batch, places, width], keys and values [batch, seen, width]
 * give [batch, places, width]; width is a multiple of `heads`. With `causal` a place sees only itself and those before
 * it. Keys whose `tokens` [batch, seen] begin with zeros are padding: nobody sees them, and who sees nobody gets zeros.
 * Vaswani et al., "Attention Is All You Need", 2017.
 */
export const attend = (
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  heads: number,
  causal = false,
  tokens?: Tensor,
): Tensor => attendTo([queries, keys, values], heads, causal, tokens);

/**
 * The same of a sequence to itself, from [batch, places, 3·width] whose rows hold query, key and value beside each
 * other, as one product makes them: nothing is cut apart before nor joined after.
 */
export const attendJoined = (joined: Tensor, heads: number, causal = false, tokens?: Tensor): Tensor =>
  attendTo([joined], heads, causal, tokens);
