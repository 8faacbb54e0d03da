import { customGrad, engine, type GradSaveFunc, type Tensor } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import { input, named, provide } from "./registry.js";

interface Attributes {
  heads: number;
  causal: boolean;
}
const kernelName = "TenfoldAttention";
const gradientName = `${kernelName}Gradient`;

export function provideAttention(heap: Heap): void {
  provide<Attributes>(kernelName, (inputs, { heads, causal }) => {
    const operands = ["queries", "keys", "values"].map((each) => input(inputs, each));
    const [batch = 1, places = 1, width = 1] = operands[0]?.shape ?? [];
    const seen = operands[1]?.shape[1] ?? 1;
    const [shares, out] = [heap.make([batch, heads, places, seen]), heap.make([batch, places, width])];
    const at = [...operands, shares, out].map(heap.placeOf);
    heap.kernels.attention(...at, batch, places, seen, width, heads, causal ? 1 : 0, heap.packed);
    return [out, shares];
  });
  provide<Attributes>(gradientName, (inputs, { heads }) => {
    const operands = ["queries", "keys", "values", "shares", "dy"].map((each) => input(inputs, each));
    const results = operands.slice(0, 3).map(({ shape }) => heap.make(shape));
    const [batch = 1, places = 1, width = 1] = operands[0]?.shape ?? [];
    const seen = operands[1]?.shape[1] ?? 1;
    const at = [...operands, ...results].map(heap.placeOf);
    const work = heap.extra(places * seen);
    heap.kernels.attentionGradient(...at, work, batch, places, seen, width, heads, heap.packed);
    return results;
  });
}

/**
 * Scaled dot-product attention of `heads` heads: queries [batch, places, width], keys and values [batch, seen, width]
 * give [batch, places, width]; width is a multiple of `heads`. With `causal` a place sees only itself and those before
 * it. Vaswani et al., "Attention Is All You Need", 2017.
 */
export function attend(queries: Tensor, keys: Tensor, values: Tensor, heads: number, causal = false): Tensor {
  const run = customGrad((...given: unknown[]) => {
    const [queries, keys, values, save] = given as [Tensor, Tensor, Tensor, GradSaveFunc];
    const inputs = named({ queries, keys, values });
    const [value, shares] = engine().runKernel<Tensor[]>(kernelName, inputs, { heads, causal }) as [
      Tensor,
      Tensor,
    ];
    save([queries, keys, values, shares]);
    const gradFunc = (dy: Tensor, [queries, keys, values, shares]: Tensor[]): Tensor[] =>
      engine().runKernel<Tensor[]>(gradientName, named({ queries, keys, values, shares, dy }), {
        heads,
      });
    return { value, gradFunc };
  });
  return run(queries, keys, values);
}
