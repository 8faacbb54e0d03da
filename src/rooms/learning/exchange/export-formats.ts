import { type Artefact, parseArtefact } from "../artefact.js";
import { isOnnxArtefact, parseOnnxArtefact } from "../importing/onnx-artefact.js";
import { type ExportFile, jsonFile } from "./export-file.js";
import { ExportUnsupported } from "./export.errors.js";
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

function safetensorsFiles(artefact: Artefact): ExportFile[] {
  return [
    safetensorsFile(artefact, metadataOf(artefact)),
    jsonFile("preprocessing.json", artefact.preprocessing),
    pythonFile(artefact),
  ];
}

const writers: Record<ExportFormat, (artefact: Artefact) => ExportFile[]> = {
  ONNX: (artefact) => [{ name: "model.onnx", parts: [encodeOnnx(artefact, metadataOf(artefact))] }],
  TFJS: (artefact) => [...tfjsFiles(artefact), jsonFile("preprocessing.json", artefact.preprocessing)],
  SAFETENSORS: safetensorsFiles,
};

/** Whether a format can express the network, before anybody is promised a file. @throws EXPORT_UNSUPPORTED, ARTEFACT_INVALID */
export function checkExport(artefact: Uint8Array, format: ExportFormat): void {
  if (isOnnxArtefact(artefact)) return void importedFiles(artefact, format);
  // Every format has every layer, so nothing is written before somebody fetches it.
  parseArtefact(artefact);
}

/** A stored artefact in another format, with its preprocessing. Loads no kernels. @throws EXPORT_UNSUPPORTED, ARTEFACT_INVALID */
export function exportFiles(bytes: Uint8Array, format: ExportFormat): ExportFile[] {
  if (isOnnxArtefact(bytes)) return importedFiles(bytes, format);
  return writers[format](parseArtefact(bytes));
}

/** A graph that was imported leaves as it came. @throws EXPORT_UNSUPPORTED */
function importedFiles(artefact: Uint8Array, format: ExportFormat): ExportFile[] {
  if (format === "ONNX") return [{ name: "model.onnx", parts: [parseOnnxArtefact(artefact).model] }];
  const message = "This version was imported as ONNX and is not made of layers. Export ONNX.";
  throw new ExportUnsupported(message, { fields: [{ path: "format", message }] });
}
