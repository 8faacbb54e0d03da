import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { shown } from "../../../kernel/archives/index.js";
import { squaring } from "../exchange/tfjs-layers.js";
import { ownClasses } from "../exchange/tfjs-own.js";
import { withMaskedPooling } from "./masked-topology.js";
import { ModelFileInvalid, ModelFileTooLarge, ModelFileUnsupported } from "./errors.js";
import { importLimits } from "./limits.js";
import type { TfjsFile } from "./tfjs-file.js";

const configSchema = z.record(z.string(), z.unknown());
const layerSchema = z.object({
  class_name: z.string().max(importLimits.nameLength),
  config: configSchema,
  inbound_nodes: z.unknown().optional(),
});
const networkSchema = z.object({
  class_name: z.string().max(importLimits.nameLength),
  config: z.union([z.array(layerSchema), z.object({ layers: z.array(layerSchema) })]),
});

/** A layer as Keras writes it down. */
export interface KerasLayer {
  type: string;
  name: string;
  config: Readonly<Record<string, unknown>>;
  /** Whether it takes the network's tokens too, beside the layer before it. */
  seesTokens: boolean;
}

const inputsSchema = z.tuple([
  z
    .array(z.tuple([z.string()]).rest(z.unknown()))
    .min(1)
    .max(2),
]);

const namesOf = (nodes: unknown): string[] => {
  const parsed = inputsSchema.safeParse(nodes);
  return parsed.success ? parsed.data[0].map(([name]) => name) : [];
};

type FileLayer = z.infer<typeof layerSchema>;

/**
 * What a layer may take: the one before it, since networks that branch have no place among ours. A square is that layer
 * multiplied by itself; a transformer of ours that leaves out padding takes the network's own input besides.
 */
function inputsOf(type: string, before: FileLayer, first: FileLayer | undefined): unknown[][] {
  const { name } = before.config;
  if (type === squaring) return [[name, name]];
  const tokens = type === ownClasses.TRANSFORMER_BLOCK && first?.class_name === "InputLayer";
  return tokens ? [[name], [name, first.config.name]] : [[name]];
}

function checkChain(layers: readonly FileLayer[]): void {
  layers.forEach(({ class_name: type, config, inbound_nodes: nodes }, index) => {
    const before = layers[index - 1];
    if (!before && Array.isArray(nodes) && nodes.length === 0) return;
    const names = namesOf(nodes);
    if (!before || !inputsOf(type, before, layers[0]).some((each) => isDeepStrictEqual(names, each)))
      throw new ModelFileUnsupported(
        `The layer ${shown(String(config.name))} does not follow the one before it alone. Networks that branch are served as ONNX.`,
      );
  });
}

/** The layers in order. @throws MODEL_FILE_INVALID, MODEL_FILE_UNSUPPORTED for a network that branches */
export function layersOf({ modelTopology }: TfjsFile): KerasLayer[] {
  const parsed = networkSchema.safeParse(modelTopology.model_config ?? modelTopology);
  if (!parsed.success)
    throw new ModelFileInvalid(
      "model.json describes no network of layers. A graph model is not served; export ONNX.",
    );
  const { class_name: type, config } = parsed.data;
  const all = Array.isArray(config) ? config : config.layers;
  if (all.length > importLimits.layers)
    throw new ModelFileTooLarge(
      `The network has more than ${importLimits.layers} layers. Send a smaller network.`,
    );
  const layers = withMaskedPooling(all);
  const linked = type === "Model" || type === "Functional";
  if (linked) checkChain(layers);
  else if (type !== "Sequential")
    throw new ModelFileUnsupported(
      `A network of class ${shown(type)} is not served. Build it as Sequential, or export ONNX.`,
    );
  else if (layers.some(({ class_name: of }) => of === squaring))
    throw new ModelFileInvalid(`A layer ${squaring} has two inputs, which no layer of a sequence has.`);
  return layers.map(({ class_name: of, config: settings, inbound_nodes: nodes }) => ({
    type: of,
    name: typeof settings.name === "string" ? settings.name : "",
    config: settings,
    seesTokens: linked && of !== squaring && namesOf(nodes).length === 2,
  }));
}

const sidesSchema = z.tuple([z.null()]).rest(z.int().min(1).max(importLimits.rowValues));

/** The sides of one row. @throws MODEL_FILE_UNSUPPORTED where they are not fixed */
export function inputSidesOf([first]: readonly KerasLayer[]): number[] {
  const { batch_input_shape: old, batch_shape: now } = first?.config ?? {};
  const parsed = sidesSchema.safeParse(old ?? now);
  const [, ...sides] = parsed.success ? parsed.data : [null];
  if (sides.length >= 1 && sides.length <= 3 && sides.reduce((a, b) => a * b, 1) <= importLimits.rowValues)
    return sides;
  throw new ModelFileUnsupported(
    "The first layer must say its input as [null, sides …], of one to three fixed sides. Give it an inputShape.",
  );
}
