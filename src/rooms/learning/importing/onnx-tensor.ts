import onnxProto, { type onnx } from "onnx-proto";
import { shown } from "../../../kernel/archives/index.js";
import { ModelFileInvalid, ModelFileTooLarge, ModelFileUnsafe, ModelFileUnsupported } from "./errors.js";
import { importLimits } from "./limits.js";

const { DataType } = onnxProto.onnx.TensorProto;
const { DataLocation } = onnxProto.onnx.TensorProto;

/** Bytes of one value, and the list that holds the values where `rawData` does not. */
const kinds = new Map<number, { bytes: number; list: "floatData" | "int32Data" | "int64Data" }>([
  [DataType.FLOAT, { bytes: 4, list: "floatData" }],
  [DataType.INT32, { bytes: 4, list: "int32Data" }],
  [DataType.INT64, { bytes: 8, list: "int64Data" }],
  [DataType.BOOL, { bytes: 1, list: "int32Data" }],
]);

/** A whole number as protobuf gives it: in 64 bits it may be an object. */
type Whole = number | { toString(): string };

/** A whole number of the file. @throws MODEL_FILE_INVALID for one that JavaScript can't hold exactly */
export function wholeOf(value: Whole | null | undefined): number {
  const number = Number(value?.toString() ?? 0);
  if (Number.isSafeInteger(number)) return number;
  throw new ModelFileInvalid(
    "The file holds a number beyond 2^53, which no part of a model is. Export the model again.",
  );
}

/** A name of the file; `missing` where it may be left out. */
export function nameOf(value: unknown): string {
  const name = typeof value === "string" ? value : "";
  if (name.length <= importLimits.nameLength) return name;
  throw new ModelFileTooLarge(
    `A name has more than ${importLimits.nameLength} characters. Export the model with shorter names.`,
  );
}

/** The sides of a tensor and how many values it has: multiplied one by one, so that no product overflows. */
function sidesOf(dims: readonly Whole[], name: string): { sides: number[]; size: number } {
  const sides = dims.map(wholeOf);
  let size = 1;
  for (const side of sides) {
    if (side < 0)
      throw new ModelFileInvalid(`The tensor ${shown(name)} has a side of ${side}. Export the model again.`);
    size *= side;
    if (side > importLimits.side || size > importLimits.parameters || sides.length > importLimits.rank)
      throw new ModelFileTooLarge(
        `The tensor ${shown(name)} is larger than ${importLimits.parameters} values or ${importLimits.rank} sides. Send a smaller model.`,
      );
  }
  return { sides, size };
}

const emptyOr = (list: unknown[] | null | undefined): number => list?.length ?? 0;

/** Whether a tensor lies in another file: whatever path it names is never opened. */
const isExternal = ({ dataLocation, externalData }: onnx.ITensorProto): boolean =>
  dataLocation === DataLocation.EXTERNAL || emptyOr(externalData) > 0;

/**
 * A tensor written anew with nothing but what was checked: its values are as many as its sides say.
 * Throws MODEL_FILE_UNSAFE for data in another file, MODEL_FILE_INVALID, MODEL_FILE_TOO_LARGE, MODEL_FILE_UNSUPPORTED.
 */
export function checkedTensor(tensor: onnx.ITensorProto): { tensor: onnx.ITensorProto; size: number } {
  const name = nameOf(tensor.name);
  if (isExternal(tensor))
    throw new ModelFileUnsafe(
      `The tensor ${shown(name)} lies in another file. Save the model in one file (save_as_external_data=False).`,
    );
  if (tensor.segment)
    throw new ModelFileUnsupported(`The tensor ${shown(name)} is cut into segments. Save the model whole.`);
  const dataType = wholeOf(tensor.dataType);
  const kind = kinds.get(dataType);
  if (!kind)
    throw new ModelFileUnsupported(
      `The tensor ${shown(name)} is neither FLOAT, INT32, INT64 nor BOOL. Convert the model to float32.`,
    );
  const { sides, size } = sidesOf(tensor.dims ?? [], name);
  return { tensor: { name, dims: sides, dataType, rawData: bytesOf(tensor, kind, size, name) }, size };
}

/** In one of two places, never in both: readers differ in which they would believe. */
function bytesOf(
  tensor: onnx.ITensorProto,
  { bytes, list }: { bytes: number; list: "floatData" | "int32Data" | "int64Data" },
  size: number,
  name: string,
): Uint8Array {
  const raw = tensor.rawData ?? new Uint8Array();
  const values = tensor[list] ?? [];
  const lists = [tensor.floatData, tensor.int32Data, tensor.int64Data, tensor.doubleData, tensor.uint64Data];
  const others = lists.reduce((sum, each) => sum + emptyOr(each), emptyOr(tensor.stringData));
  const fits = raw.length > 0 ? raw.length === size * bytes && others === 0 : values.length === size;
  if (!fits || others > values.length)
    throw new ModelFileInvalid(
      `The tensor ${shown(name)} does not have the values that its sides promise. Export the model again.`,
    );
  return raw.length > 0 ? raw : packed(values, bytes, list === "floatData");
}

/** As raw bytes, so that what is stored has one form, whichever the exporter chose. */
function packed(values: readonly Whole[], bytes: number, floats: boolean): Uint8Array {
  const buffer = Buffer.alloc(values.length * bytes);
  values.forEach((value, at) => {
    if (floats) buffer.writeFloatLE(Number(value), at * bytes);
    else if (bytes === 8) buffer.writeBigInt64LE(BigInt(wholeOf(value)), at * bytes);
    else if (bytes === 4) buffer.writeInt32LE(wholeOf(value) | 0, at * bytes);
    else buffer[at] = wholeOf(value) === 0 ? 0 : 1;
  });
  return buffer;
}
