import * as core from "@tensorflow/tfjs-core";
import * as layersLibrary from "@tensorflow/tfjs-layers";
import { unzipSync } from "fflate";

type Files = Readonly<Record<string, Uint8Array>>;

/** Does what the archive's own code says of layers that the library does not have. */
async function registerLayers(files: Files): Promise<void> {
  const code = files["layers.js"];
  if (!code) return;
  const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
  const { register } = (await import(url)) as { register: (library: object) => void };
  register({ ...core, ...layersLibrary });
}

/** The model of an export's files, read by the library and the code among them alone. */
export async function loadTfjsFiles(files: Files): Promise<layersLibrary.LayersModel> {
  await registerLayers(files);
  const { modelTopology, weightsManifest } = JSON.parse(Buffer.from(files["model.json"] ?? []).toString());
  const weightSpecs = weightsManifest[0].weights;
  const weightData = Uint8Array.from(files[weightsManifest[0].paths[0]] ?? []).buffer;
  return layersLibrary.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
}

/** The model of an exported archive. */
export const loadTfjs = (archive: Uint8Array): Promise<layersLibrary.LayersModel> =>
  loadTfjsFiles(unzipSync(archive));
