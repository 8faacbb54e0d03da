/** A layer of the library, and its weights: ours by theirs. */
export interface TfjsLayer {
  class_name: string;
  config: Record<string, unknown>;
  weights: Readonly<Record<string, string>>;
  /** Weights that are the same in every network, by the library's name. */
  constants?: Readonly<Record<string, { shape: number[]; values: Float32Array }>>;
  /** What the others call it, where one of ours is made of several that don't follow each other. */
  key?: string;
  /** Keys of what it takes instead of what comes before it; `tokens` is the network's input, `steps` the layer's. */
  from?: readonly string[];
}
