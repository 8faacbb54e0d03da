/*
 * Architectures: layers and their bounds, the shapes and weights that follow from them, and named presets. Everything
 * here is known from numbers alone, before any memory is taken.
 */
export { activationBytes, checkArchitecture, faultsOf, rowsAtOnce } from "./check.js";
export {
  layersFor,
  namedPresets,
  parseArchitecture,
  parseChoice,
  presetNames,
  resolveArchitecture,
  tokenUse,
} from "./choice.js";
export type { ArchitectureChoice, PresetName } from "./choice.js";
export { describeArchitectures, describeSetting, settingTypes } from "./descriptions.js";
export type { SettingDescription, SettingType } from "./descriptions.js";
export { activations, architectureSchema, layerTypes, paddings } from "./layer.js";
export type { Activation, Architecture, DenseLayer, Layer, LayerOf, LayerType, Padding } from "./layer.js";
export { architectureLimits } from "./limits.js";
export { maskedLayers } from "./masking.js";
export { outline, parameterCount, weightShapes } from "./outline.js";
export type { Fault, LayerOutline } from "./outline.js";
export { sizeOf } from "./outputs.js";
export type { InputShape } from "./outputs.js";
export { inputKinds } from "./preset-layers.js";
export type { InputKind } from "./preset-layers.js";
export { suitableImageArchitecture } from "./suitable-image.js";
export { suitableArchitecture } from "./suitable.js";
export { onlyTables, treeLayers } from "./tree-layers.js";
export type { TreeParameters } from "./tree-layers.js";
export { weightsOf } from "./weights.js";
export type { WeightShape } from "./weights.js";
