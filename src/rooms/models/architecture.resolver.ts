import { Arg, Query, Resolver } from "type-graphql";
import { TenfoldError } from "../../kernel/errors.js";
import {
  activationBytes,
  describeArchitectures,
  type Fault,
  faultsOf,
  type InputShape,
  layersFor,
  outline,
} from "../learning/index.js";
import { choiceOf } from "./architecture.stored.js";
import type { LayerInput } from "./architecture.type.js";
import {
  ArchitectureDescription,
  ArchitectureValidation,
  ValidateArchitectureInput,
} from "./architectures.type.js";

/** What is answered where not even the layers are known. */
const refused = (faults: Fault[]): ArchitectureValidation => ({
  valid: false,
  layers: [],
  parameters: 0,
  activationBytes: 0,
  faults,
});

const shapeOf = ({ shape, vocabulary }: ValidateArchitectureInput["inputShape"]): InputShape =>
  vocabulary === null || vocabulary === undefined ? { shape } : { shape, vocabulary };

/** Whoever asks here wants to hear of faults as an answer, not as a refusal. */
function faultsIn(error: unknown): Fault[] {
  const fields = error instanceof TenfoldError ? (error.extensions.fields as Fault[] | undefined) : undefined;
  if (fields) return fields;
  throw error;
}

function validate({ architecture, inputShape, outputs, batchSize }: ValidateArchitectureInput) {
  const input = shapeOf(inputShape);
  const made = layersFor(choiceOf(architecture), input);
  if (!("layers" in made)) return refused([made]);
  const { layers } = outline(made, input, outputs);
  const faults = faultsOf(made, input, outputs, batchSize).map(({ path, message }) => ({
    path: path.replace(/^hyperparameters\./, ""),
    message,
  }));
  return {
    valid: faults.length === 0,
    layers: layers.map(({ shape, parameters }, index) => {
      const layer: LayerInput | null = made.layers[index] ?? null;
      return { layer, shape, parameters };
    }),
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    activationBytes: activationBytes(layers, batchSize),
    faults,
  };
}

@Resolver()
export class ArchitectureResolver {
  @Query(() => [ArchitectureDescription], {
    description: "The architectures to choose from, with bounds and defaults: enough to build a form from.",
  })
  architectures(): readonly ArchitectureDescription[] {
    return describeArchitectures();
  }

  @Query(() => ArchitectureValidation, {
    description: "Shapes and parameters layer by layer, and what speaks against the architecture.",
  })
  validateArchitecture(@Arg("input") input: ValidateArchitectureInput): ArchitectureValidation {
    try {
      return validate(input);
    } catch (error) {
      return refused(faultsIn(error));
    }
  }
}
