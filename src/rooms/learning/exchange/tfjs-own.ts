import { type Layer, type LayerOf, weightsOf } from "../architecture/index.js";
import { PositionEmbedding, TransformerBlock } from "../network/custom-layers.js";
import type { TfjsLayer } from "./tfjs-layer.js";

/** Layers that the library does not have, by the class that `layers.js` registers for them. */
export const ownClasses = {
  POSITION_EMBEDDING: PositionEmbedding.className,
  TRANSFORMER_BLOCK: TransformerBlock.className,
} as const;

export const isOwn = ({ class_name: name }: Pick<TfjsLayer, "class_name">): boolean =>
  Object.values<string>(ownClasses).includes(name);

const described = (layer: Layer, shape: readonly number[]) => {
  const weights = weightsOf(layer, shape);
  return { list: weights, names: Object.fromEntries(weights.map(({ name }) => [name, name])) };
};

export function ownPositions(layer: LayerOf<"POSITION_EMBEDDING">, shape: readonly number[]): TfjsLayer {
  const { list, names } = described(layer, shape);
  return { class_name: ownClasses.POSITION_EMBEDDING, config: { tensors: list }, weights: names };
}

/** @param masked whether it leaves out padding: it takes the network's tokens too then */
export function ownTransformer(
  layer: LayerOf<"TRANSFORMER_BLOCK">,
  shape: readonly number[],
  masked: boolean,
): TfjsLayer {
  const { list, names } = described(layer, shape);
  const { heads, units, activation, dropout, causal = false } = layer;
  return {
    class_name: ownClasses.TRANSFORMER_BLOCK,
    config: { heads, units, activation: activation.toLowerCase(), dropout, causal, tensors: list },
    weights: names,
    ...(masked && { from: ["steps", "tokens"] }),
  };
}
