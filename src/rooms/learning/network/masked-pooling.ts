import {
  add,
  div,
  expandDims,
  max,
  maximum,
  minimum,
  mul,
  sub,
  sum,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { layers, type Shape } from "@tensorflow/tfjs-layers";

/** Added to what stands at padding, so that no maximum is found there. */
const farBelow = -1e9;

/**
 * Pools the steps of [batch, steps, channels] that stand for tokens, told by the tokens [batch, steps]: 0 is padding.
 * A row of padding alone gives zeros.
 */
abstract class MaskedPooling extends layers.Layer {
  constructor() {
    super({});
  }

  override computeOutputShape(shapes: Shape | Shape[]): Shape {
    const [batch = null, , channels = null] = (shapes as Shape[])[0] ?? [];
    return [batch, channels];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [x, tokens] = inputs as Tensor[];
    if (!x || !tokens) throw new Error("The layer needs steps and their tokens.");
    return tidy(() => this.pooled(x, minimum(tokens, 1)));
  }

  /** @param real [batch, steps]: 1 for a token, 0 for padding */
  protected abstract pooled(x: Tensor, real: Tensor): Tensor;
}

export class MaskedAverage extends MaskedPooling {
  static readonly className = "TenfoldMaskedAverage";

  protected pooled(x: Tensor, real: Tensor): Tensor {
    return div(sum(mul(x, expandDims(real, -1)), 1), maximum(sum(real, 1, true), 1));
  }
}

export class MaskedMaximum extends MaskedPooling {
  static readonly className = "TenfoldMaskedMaximum";

  protected pooled(x: Tensor, real: Tensor): Tensor {
    const below = expandDims(mul(sub(1, real), farBelow), -1);
    return mul(max(add(x, below), 1), max(real, 1, true));
  }
}
