import { type LayersModel, loadLayersModel } from "@tensorflow/tfjs-layers";
import { unzipSync } from "fflate";

/** The model of an exported archive, read by the library alone. */
export function loadTfjs(archive: Uint8Array): Promise<LayersModel> {
  const files = unzipSync(archive);
  const { modelTopology, weightsManifest } = JSON.parse(Buffer.from(files["model.json"] ?? []).toString());
  const weightSpecs = weightsManifest[0].weights;
  const weightData = Uint8Array.from(files["weights.bin"] ?? []).buffer;
  return loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
}
