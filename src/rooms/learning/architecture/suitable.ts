import type { ModelType } from "../model-types.js";
import type { Architecture, Layer } from "./layer.js";

/** Thousands of sparse term weights need few units and much dropout; squared weights stay free, as rare terms weigh a lot. */
const textArchitecture = (type: ModelType): Architecture => ({
  layers: [
    {
      type: "DENSE",
      units: 32,
      activation: "RELU",
      l2: 0,
      dropout: type === "REGRESSION" ? 0.2 : 0.5,
      batchNormalization: false,
    },
  ],
});

/** Three quarters of what `hasScarceRows` in hyperparameters.ts counts: the rows that are left to learn from. */
const isScarce = (type: ModelType, rows: number): boolean => type === "CLASSIFICATION" && rows < 225;
/** Beyond this a wide layer has more weights than so few rows can tell apart. */
const mostNarrow = 128;

const scarceLayer = (units: number): Layer => ({
  type: "DENSE",
  units,
  activation: "RELU",
  l2: 0.003,
  dropout: 0.3,
  batchNormalization: false,
});
/**
 * Wide layers over few rows and few inputs: each unit sees the rows through other dropped ones, and many of them
 * together answer more evenly than few (chosen by cross-validation on the training rows of sonar and penguins).
 */
const scarceArchitecture: Architecture = { layers: [scarceLayer(128), scarceLayer(64)] };

/**
 * A network that suits a first try on a table: small and strongly regularised for few rows, wider for many. Classes of
 * few rows want more dropout than numbers do (measured over seeds on the data sets in test/data).
 */
export function suitableArchitecture(
  type: ModelType,
  rows: number,
  inputs: number,
  mostlyText = false,
): Architecture {
  if (mostlyText) return textArchitecture(type);
  if (isScarce(type, rows) && inputs <= mostNarrow) return scarceArchitecture;
  const few = rows < 1_000;
  const units = few ? 32 : Math.min(128, Math.max(64, 2 ** Math.ceil(Math.log2(inputs))));
  const dropout = few ? (type === "REGRESSION" ? 0.2 : 0.3) : 0.1;
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
