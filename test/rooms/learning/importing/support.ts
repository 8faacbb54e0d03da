import { expect } from "chai";
import { zipSync } from "fflate";
import onnxProto, { type onnx } from "onnx-proto";
import { TenfoldError } from "../../../../src/kernel/errors.js";
import { packArtefact } from "../../../../src/rooms/learning/artefact.js";
import type { Artefact } from "../../../../src/rooms/learning/artefact.js";
import { exportFiles } from "../../../../src/rooms/learning/exchange/export-formats.js";
import type { ImportFormat, ImportPlan } from "../../../../src/rooms/learning/importing/index.js";

const { DataType } = onnxProto.onnx.TensorProto;

export const planFor = (format: ImportFormat, more: Partial<ImportPlan> = {}): ImportPlan => ({
  format,
  type: "CUSTOM",
  target: "y",
  inputs: null,
  classes: null,
  pixels: null,
  ...more,
});

/** The file that an export of ours would be. */
export function exported(artefact: Artefact, format: ImportFormat): Uint8Array {
  const files = exportFiles(packArtefact(artefact).bytes, format);
  if (format === "ONNX") return Buffer.concat(files[0]?.parts ?? []);
  return zipSync(Object.fromEntries(files.map(({ name, parts }) => [name, Buffer.concat(parts)])));
}

export const floats = (name: string, dims: number[], values: number[]): onnx.ITensorProto => ({
  name,
  dims,
  dataType: DataType.FLOAT,
  rawData: new Uint8Array(Float32Array.from(values).buffer),
});

export const info = (name: string, ...sides: number[]): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: DataType.FLOAT,
      shape: { dim: [{ dimParam: "n" }, ...sides.map((dimValue) => ({ dimValue }))] },
    },
  },
});

/** x [n, 2] times a kernel, which every hostile file is made of by one change. */
export function model(
  change: (model: onnx.IModelProto & { graph: onnx.IGraphProto }) => void = () => {},
): Uint8Array {
  const graph: onnx.IGraphProto = {
    name: "g",
    node: [{ opType: "MatMul", input: ["x", "k"], output: ["y"], attribute: [] }],
    initializer: [floats("k", [2, 2], [1, 2, 3, 4])],
    input: [info("x", 2)],
    output: [info("y", 2)],
  };
  const whole = { irVersion: 7, opsetImport: [{ domain: "", version: 13 }], graph };
  change(whole);
  return onnxProto.onnx.ModelProto.encode(whole).finish();
}

export const dense = (
  name: string,
  more: object = {},
): { class_name: string; config: Record<string, unknown> } => ({
  class_name: "Dense",
  config: { name, units: 1, activation: "linear", ...more },
});

export interface Files {
  layers?: object[];
  manifest?: object[];
  files?: Record<string, Uint8Array>;
  topology?: object;
}

/** A TF.js file of one dense layer over two values, which every hostile one is made of by one change. */
export function tfjs({ layers, manifest, files, topology }: Files = {}): Uint8Array {
  const all = layers ?? [dense("d", { batch_input_shape: [null, 2] })];
  const json = {
    modelTopology: topology ?? { model_config: { class_name: "Sequential", config: { layers: all } } },
    weightsManifest: manifest ?? [
      {
        paths: ["w.bin"],
        weights: [
          { name: "d/kernel", shape: [2, 1], dtype: "float32" },
          { name: "d/bias", shape: [1], dtype: "float32" },
        ],
      },
    ],
  };
  return zipSync({
    "model.json": Buffer.from(JSON.stringify(json)),
    "w.bin": new Uint8Array(Float32Array.of(3, -1, 0.5).buffer),
    ...files,
  });
}

/** The code and message with which work refuses; fails where it does not. */
export async function refusal(work: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TenfoldError)) throw error;
    expect(error.extensions.code).to.equal("BAD_USER_INPUT");
    return { code: error.code, message: error.message };
  }
  throw new Error("It was not refused.");
}
