import type { DenseLayer } from "../architecture.js";
import type { Artefact } from "../artefact.js";
import { normalizationEpsilon } from "../weights.js";
import { type ExportFile, textFile } from "./export-file.js";
import { pythonHead, pythonRuntime } from "./python-runtime.js";

const dense = (name: string): string => `x @ w["${name}.kernel"] + w["${name}.bias"]`;

/** Works on arrays of numpy and tensors of torch alike. */
function linesOf({ activation, batchNormalization }: DenseLayer, index: number): string[] {
  const lines = [`x = ${dense(String(index))}`];
  if (batchNormalization) lines.push(`x = normalize(x, w, "${index}")`);
  if (activation !== "LINEAR") lines.push(`x = f["${activation.toLowerCase()}"](x)`);
  return lines;
}

/** `model.py`: computes with `model.safetensors` and `preprocessing.json` beside it what Tenfold computes. */
export function pythonFile({ architecture }: Artefact): ExportFile {
  const body = [...architecture.layers.flatMap(linesOf), `return ${dense("output")}`];
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
