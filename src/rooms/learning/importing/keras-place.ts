import type { Layer } from "../architecture/index.js";
import type { KerasSettings } from "./keras-settings.js";
import { filled, type WeightSource } from "./tfjs-weights.js";

/** A layer of ours as it comes together, and where its weights lie. */
export interface Piece {
  layer: Layer;
  weights: Record<string, WeightSource>;
  /** Its outputs go through a softmax, which only the last layer's may. */
  softmax: boolean;
  /** Axes that must be the last one of what it gives, as the file counts them: with the batch, from 0. */
  axes?: number[];
  /** It leaves out padding. */
  masked?: boolean;
}

/** Where a layer of the file is read. */
export interface Place {
  settings: KerasSettings;
  /** Those of the layer itself, or of another one by its name. */
  weights: (name: string, layer?: string) => WeightSource;
  /** What was read so far; the last one may still be added to. */
  pieces: Piece[];
}

export const sums = ({ settings, weights }: Place): Record<string, WeightSource> => ({
  kernel: weights("kernel"),
  bias: settings.flag("use_bias", true) ? weights("bias") : filled(0),
});

export const added = (place: Place, layer: Layer, weights: Record<string, WeightSource> = {}): void =>
  void place.pieces.push({ layer, weights, softmax: false });

export const finished = { dropout: 0, l2: 0, batchNormalization: false } as const;

/** Adds what has an activation of its own. */
export function summed(place: Place, layer: Extract<Layer, { batchNormalization: boolean }>): void {
  const activation = place.settings.activation();
  place.pieces.push({
    layer: { ...layer, activation: activation === "SOFTMAX" ? "LINEAR" : activation },
    weights: sums(place),
    softmax: activation === "SOFTMAX",
  });
}
