import { type Artefact, parseArtefact } from "../artefact.js";
import { ExportUnsupported } from "./export.errors.js";
import { type ExportFile, jsonFile } from "./export-file.js";
import { encodeOnnx } from "./onnx.js";
import { pythonFile } from "./python.js";
import { safetensorsFile } from "./safetensors.js";
import { tfjsFiles } from "./tfjs.js";

export const exportFormats = ["ONNX", "TFJS", "SAFETENSORS"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What a file can carry along as text, so that it says by itself what goes in and comes out. */
const metadataOf = ({ preprocessing, architecture, kernels }: Artefact): Record<string, string> => ({
  "tenfold.preprocessing": JSON.stringify(preprocessing),
  "tenfold.architecture": JSON.stringify(architecture),
  "tenfold.kernels": JSON.stringify(kernels),
});

/** Nothing, or a refusal: what is promised with these weights is code that goes from a row to a prediction. */
function imagesRefused({ preprocessing }: Artefact): [] {
  if (preprocessing.features.every(({ kind }) => kind !== "IMAGE")) return [];
  const message =
    "The Python that comes with SAFETENSORS reads rows of a table and can't decode images. Choose ONNX or TFJS.";
  throw new ExportUnsupported(message, { fields: [{ path: "format", message }] });
}

const writers: Record<ExportFormat, (artefact: Artefact) => ExportFile[]> = {
  ONNX: (artefact) => [{ name: "model.onnx", parts: [encodeOnnx(artefact, metadataOf(artefact))] }],
  TFJS: (artefact) => [...tfjsFiles(artefact), jsonFile("preprocessing.json", artefact.preprocessing)],
  SAFETENSORS: (artefact) => [
    ...imagesRefused(artefact),
    safetensorsFile(artefact, metadataOf(artefact)),
    jsonFile("preprocessing.json", artefact.preprocessing),
    pythonFile(artefact),
  ],
};

/** Whether a format can express the network, before anybody is promised a file. @throws EXPORT_UNSUPPORTED, ARTEFACT_INVALID */
export function checkExport(artefact: Uint8Array, format: ExportFormat): void {
  // ONNX has every layer, and its file costs a copy of the weights.
  if (format !== "ONNX") exportFiles(artefact, format);
}

/** A stored artefact in another format, with its preprocessing. Loads no kernels. @throws EXPORT_UNSUPPORTED, ARTEFACT_INVALID */
export const exportFiles = (artefact: Uint8Array, format: ExportFormat): ExportFile[] =>
  writers[format](parseArtefact(artefact));
