import { shown } from "../../../kernel/archives/index.js";
import { type Activation, activations, type Padding } from "../architecture/index.js";
import { activationNames } from "../network/activate.js";
import { normalizationEpsilon } from "../network/index.js";
import { ModelFileUnsupported } from "./errors.js";
import type { KerasLayer } from "./tfjs-topology.js";

const elsewise = "Build the network without that, or export it as ONNX.";

/** The settings of one layer, each taken for what it must be. Every method throws MODEL_FILE_UNSUPPORTED. */
export class KerasSettings {
  constructor(readonly layer: KerasLayer) {}

  refuse(why: string): Error {
    const { type, name } = this.layer;
    return new ModelFileUnsupported(`The layer ${shown(name)} (${type}) ${why} ${elsewise}`);
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.layer.config, name) ? this.layer.config[name] : undefined;
  }

  /** Refuses any value but these, of which the first is what a layer without the setting means. */
  only(name: string, ...values: unknown[]): void {
    const value = this.#value(name);
    if (value === undefined || value === null || values.includes(value)) return;
    throw this.refuse(`has ${name} ${shown(JSON.stringify(value))}; only ${String(values[0])} is served.`);
  }

  whole(name: string): number {
    const value = this.#value(name);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
    throw this.refuse(`has no whole number ${name}.`);
  }

  number(name: string, usual: number): number {
    const value = this.#value(name) ?? usual;
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
    throw this.refuse(`has no number ${name}.`);
  }

  flag(name: string, usual: boolean): boolean {
    const value = this.#value(name) ?? usual;
    if (typeof value === "boolean") return value;
    throw this.refuse(`has ${name} that is neither true nor false.`);
  }

  /** One number for all sides, written once or as often as there are sides. */
  side(name: string, usual?: number): number {
    const value = this.#value(name) ?? usual;
    const [first, ...others] = Array.isArray(value) ? (value as unknown[]) : [value];
    if (typeof first !== "number" || !Number.isSafeInteger(first) || first < 1)
      throw this.refuse(`has no whole number ${name}.`);
    if (others.every((other) => other === first)) return first;
    throw this.refuse(`has another ${name} along each side; only squares are served.`);
  }

  sides(name: string): number[] {
    const value = this.#value(name);
    if (
      Array.isArray(value) &&
      value.every((side): side is number => Number.isSafeInteger(side) && side >= 1)
    )
      return value;
    throw this.refuse(`has no fixed sides ${name}.`);
  }

  padding(): Padding {
    const value = this.#value("padding") ?? "valid";
    if (value === "same" || value === "valid") return value === "same" ? "SAME" : "VALID";
    throw this.refuse(`has the padding ${shown(JSON.stringify(value))}; same and valid are served.`);
  }

  /** An activation of ours, or the softmax that only a last layer may have. */
  activation(name = "activation"): Activation | "SOFTMAX" {
    const value = this.#value(name) ?? "linear";
    if (value === "softmax") return "SOFTMAX";
    const found = activations.find((each) => each !== "SQUARE" && activationNames[each] === value);
    // Keras' gelu is exact by default, as ours.
    if (found) return found;
    throw this.refuse(`has the activation ${shown(JSON.stringify(value))}, which is not served.`);
  }

  /** Channels must be last, as everywhere here. */
  channelsLast(): void {
    this.only("data_format", "channels_last");
  }

  /** The axis that is normalised, which must be the last: -1, or its number once the shape is known. */
  lastAxis(): number[] {
    const axis = this.#value("axis") ?? -1;
    const [only, ...more] = Array.isArray(axis) ? (axis as unknown[]) : [axis];
    if (more.length > 0 || typeof only !== "number" || !Number.isSafeInteger(only))
      throw this.refuse("normalises another axis than the last.");
    return only === -1 ? [] : [only];
  }

  epsilon(): number {
    return this.number("epsilon", normalizationEpsilon);
  }
}
