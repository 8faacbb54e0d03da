import type { ModelType } from "../target.js";
import type { Architecture, Layer } from "./layer.js";

/**
 * A network that suits a first try on a table: small and strongly regularised for few rows, wider for many. Classes of
 * few rows want more dropout than numbers do (measured over seeds on the data sets in test/data).
 */
export function suitableArchitecture(type: ModelType, rows: number, inputs: number): Architecture {
  const few = rows < 1_000;
  const units = few ? 32 : Math.min(128, Math.max(64, 2 ** Math.ceil(Math.log2(inputs))));
  const dropout = few ? (type === "CLASSIFICATION" ? 0.3 : 0.2) : 0.1;
  const layerOf = (width: number): Layer => ({
    type: "DENSE",
    units: width,
    activation: "RELU",
    l2: few ? 0.01 : 0.0003,
    dropout,
    batchNormalization: false,
  });
  return { layers: [layerOf(units), layerOf(units / 2)] };
}
