import type { Layer, LayerOf } from "../architecture/index.js";
import type { Artefact } from "../artefact.js";
import { normalizationEpsilon } from "../network/index.js";
import { ExportUnsupported } from "./export.errors.js";
import { type ExportFile, textFile } from "./export-file.js";
import { pythonHead, pythonRuntime } from "./python-runtime.js";

const linear = (name: string): string => `x @ w["${name}.kernel"] + w["${name}.bias"]`;

/** Works on arrays of numpy and tensors of torch alike. */
function denseLines({ activation, batchNormalization }: LayerOf<"DENSE">, index: number): string[] {
  const lines = [`x = ${linear(String(index))}`];
  if (batchNormalization) lines.push(`x = normalize(x, w, "${index}")`);
  if (activation !== "LINEAR") lines.push(`x = f["${activation.toLowerCase()}"](x)`);
  return lines;
}

function linesOf(layer: Layer, index: number): string[] {
  if (layer.type === "DENSE") return denseLines(layer, index);
  if (layer.type === "DROPOUT") return [];
  throw new ExportUnsupported(
    `No Python code is written for ${layer.type} yet. Export ONNX, which every layer can be written in.`,
    { fields: [{ path: "format", message: `SAFETENSORS has no Python code for ${layer.type} yet.` }] },
  );
}

/** `model.py`: computes with `model.safetensors` and `preprocessing.json` beside it what Tenfold computes. */
export function pythonFile({ architecture }: Artefact): ExportFile {
  const body = [...architecture.layers.flatMap(linesOf), `return ${linear("output")}`];
  const network = [
    "",
    `EPSILON = ${normalizationEpsilon}`,
    "",
    "",
    "def network(x, w, f):",
    '    """From encoded rows to scores; `w` are the weights by name, `f` the activations."""',
    ...body.map((line) => `    ${line}`),
  ];
  return textFile("model.py", `${pythonHead}${network.join("\n")}\n${pythonRuntime}`);
}
