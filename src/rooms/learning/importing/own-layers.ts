import { activations, type Layer, type LayerOf, weightsOf } from "../architecture/index.js";
import { ownClasses } from "../exchange/tfjs-own.js";
import type { Place } from "./keras-place.js";

/** The weights of ours keep their names in a file; that their shapes fit is seen once the network is whole. */
function own({ pieces, settings, weights }: Place, layer: Layer): void {
  const named = weightsOf(layer, [1, 1]).map(({ name }) => [name, weights(name)]);
  const masked = settings.layer.seesTokens && { masked: true };
  pieces.push({ layer, weights: Object.fromEntries(named), softmax: false, ...masked });
}

function transformer(place: Place): void {
  const { settings } = place;
  const named = settings.layer.config["activation"];
  const activation = activations.find((each) => each.toLowerCase() === named);
  if (!activation) throw settings.refuse("has an activation that is none of ours.");
  const layer: LayerOf<"TRANSFORMER_BLOCK"> = {
    type: "TRANSFORMER_BLOCK",
    heads: settings.whole("heads"),
    units: settings.whole("units"),
    dropout: settings.number("dropout", 0),
    activation,
    ...(settings.flag("causal", false) && { causal: true }),
  };
  own(place, layer);
}

/** Layers that our export adds to the library's. The code that travels with them is never read. */
export const ownLayers: [string, (place: Place) => void][] = [
  [ownClasses.POSITION_EMBEDDING, (place) => own(place, { type: "POSITION_EMBEDDING" })],
  [ownClasses.TRANSFORMER_BLOCK, transformer],
];
