/*
 * A program that knows a folder with an export's files and the library, and no code of Tenfold's but what lies in that
 * folder. Its argument is the folder; standard input has the rows for each back end's turn, standard output the answers.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as core from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";

/** Rows [count, …sides] for the export in a folder, and whether it goes through the library's own file format once more. */
export interface Question {
  folder: string;
  rows: number[];
  shape: number[];
}

interface Loaded {
  load: () => Promise<core.io.ModelArtifacts>;
}

function filesIn(folder: string): Loaded {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const weightData = Uint8Array.from(readFileSync(join(folder, weightsManifest[0].paths[0]))).buffer;
  return { load: async () => ({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }) };
}

/** What the library keeps of a model when it is saved, as a file to be loaded again. */
async function savedAgain(model: layers.LayersModel): Promise<Loaded> {
  let kept: core.io.ModelArtifacts = {};
  await model.save({
    save: async (artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  return { load: async () => kept };
}

async function answer(model: layers.LayersModel, { rows, shape }: Question): Promise<number[]> {
  const output = model.predict(core.tensor(rows, shape));
  const values = await (Array.isArray(output) ? output[0] : output)?.data<"float32">();
  return [...(values ?? [])];
}

async function answers(question: Question): Promise<number[][]> {
  const { register } = (await import(pathToFileURL(join(question.folder, "layers.js")).href)) as {
    register: (library: object) => void;
  };
  register({ ...core, ...layers });
  const model = await layers.loadLayersModel(filesIn(question.folder));
  const again = await layers.loadLayersModel(await savedAgain(model));
  return [await answer(model, question), await answer(again, question)];
}

const found: number[][][] = [];
const questions = JSON.parse(await text(process.stdin)) as Question[];
// One thread, and paths as the package has them: Node has no other way to find its binary.
core.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
for (const backend of ["cpu", "wasm"]) {
  await core.setBackend(backend);
  for (const question of questions) found.push(await answers(question));
}
process.stdout.write(JSON.stringify(found));
