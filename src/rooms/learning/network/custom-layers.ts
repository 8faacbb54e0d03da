import { add, dropout, type Tensor, type Tensor3D } from "@tensorflow/tfjs-core";
import { initializers, layers, type LayerVariable, type Shape } from "@tensorflow/tfjs-layers";
import type { LayerOf, WeightShape } from "../architecture/index.js";
import { type Activate, activate } from "./activate.js";
import { type Linear, mapSteps, selfAttention } from "./attention.js";
import { normalizeLast } from "./normalize.js";

const initializerOf = (name: string, fresh: boolean) => {
  if (name.endsWith("gamma")) return initializers.ones();
  if (!fresh || name.endsWith("bias") || name.endsWith("beta")) return initializers.zeros();
  return name.endsWith("embeddings")
    ? initializers.randomUniform({ minval: -0.05, maxval: 0.05 })
    : initializers.glorotNormal({});
};

/**
 * A layer whose weights are those of the architecture's description, in its order, and whose shape stays. A second input
 * are the tokens that its steps stand for.
 */
abstract class DescribedLayer extends layers.Layer {
  readonly #weights = new Map<string, LayerVariable>();

  constructor(
    private readonly described: readonly WeightShape[],
    private readonly fresh: boolean,
  ) {
    super({});
  }

  override build(): void {
    for (const { name, shape } of this.described)
      this.#weights.set(name, this.addWeight(name, shape, "float32", initializerOf(name, this.fresh)));
    this.built = true;
  }

  override computeOutputShape(shape: Shape | Shape[]): Shape {
    const [first] = shape;
    return Array.isArray(first) ? first : (shape as Shape);
  }

  protected weight(name: string): Tensor {
    const variable = this.#weights.get(name);
    if (!variable) throw new Error(`The layer has no weight "${name}".`);
    return variable.read();
  }

  protected linear(name: string): Linear {
    return { kernel: this.weight(`${name}.kernel`), bias: this.weight(`${name}.bias`) };
  }

  override call(inputs: Tensor | Tensor[], { training }: { training?: boolean }): Tensor {
    const [x, tokens] = Array.isArray(inputs) ? inputs : [inputs];
    if (!x) throw new Error("The layer got no input.");
    return this.forward(x, training === true, tokens);
  }

  protected abstract forward(x: Tensor, training: boolean, tokens?: Tensor): Tensor;
}

export class LayerNormalization extends DescribedLayer {
  static readonly className = "TenfoldLayerNormalization";

  protected forward(x: Tensor): Tensor {
    return normalizeLast(x, this.weight("gamma"), this.weight("beta"));
  }
}

export class Square extends DescribedLayer {
  static readonly className = "TenfoldSquare";

  protected forward(x: Tensor): Tensor {
    return activate.SQUARE(x);
  }
}

export class PositionEmbedding extends DescribedLayer {
  static readonly className = "TenfoldPositionEmbedding";

  protected forward(x: Tensor): Tensor {
    return add(x, this.weight("embeddings"));
  }
}

/**
 * A transformer's encoder block with normalisation before each part, which trains without a warm-up (Xiong et al.
 * 2020): x + attention(normalised x), then that + feed-forward(that, normalised).
 */
export class TransformerBlock extends DescribedLayer {
  static readonly className = "TenfoldTransformerBlock";
  readonly #activate: Activate;

  constructor(
    private readonly layer: LayerOf<"TRANSFORMER_BLOCK">,
    described: readonly WeightShape[],
    fresh: boolean,
  ) {
    super(described, fresh);
    this.#activate = activate[layer.activation];
  }

  #normalized(x: Tensor3D, name: string): Tensor3D {
    return normalizeLast(x, this.weight(`${name}.gamma`), this.weight(`${name}.beta`)) as Tensor3D;
  }

  protected forward(input: Tensor, training: boolean, tokens?: Tensor): Tensor {
    const x = input as Tensor3D;
    // No seed: a seeded dropout would silence the same values in every step.
    const silence = (part: Tensor): Tensor =>
      training && this.layer.dropout > 0 ? dropout(part, this.layer.dropout) : part;
    const maps = {
      query: this.linear("query"),
      key: this.linear("key"),
      value: this.linear("value"),
      output: this.linear("attention"),
    };
    const { heads, causal } = this.layer;
    const attended = selfAttention(this.#normalized(x, "attention"), maps, heads, causal, tokens);
    const seen = add(x, silence(attended)) as Tensor3D;
    const rectified = this.layer.activation === "RELU";
    const hidden = mapSteps(this.#normalized(seen, "feedForward"), this.linear("feedForward"), rectified);
    const activated = rectified ? hidden : this.#activate(hidden);
    const projected = mapSteps(activated, this.linear("projection"));
    return add(seen, silence(projected));
  }
}
