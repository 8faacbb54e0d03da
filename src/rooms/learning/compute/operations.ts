import { getKernel, profile } from "@tensorflow/tfjs-core";
import { defineError } from "../../../kernel/errors.js";

export const OperationUntested = defineError(
  "OPERATION_UNTESTED",
  "The network needs an operation whose results are not checked on this engine. Use other layers or activations.",
);

/**
 * Every kernel that may run while training. Each has a case in the parity specs, which hold it against another back
 * end; a name gets here together with its case.
 */
export const testedOperations: ReadonlySet<string> = new Set([
  "Abs",
  "Add",
  "ArgMax",
  "AvgPool",
  "AvgPoolGrad",
  "BatchMatMul",
  "Cast",
  "ClipByValue",
  "Concat",
  "Conv2D",
  "Conv2DBackpropFilter",
  "Conv2DBackpropInput",
  "DepthwiseConv2dNative",
  "DepthwiseConv2dNativeBackpropFilter",
  "DepthwiseConv2dNativeBackpropInput",
  "Einsum",
  "Elu",
  "EluGrad",
  "Equal",
  "Erf",
  "Exp",
  "ExpandDims",
  "Fill",
  "Floor",
  "FusedBatchNorm",
  "FusedConv2D",
  "GatherV2",
  "Greater",
  "GreaterEqual",
  "Identity",
  "Less",
  "LessEqual",
  "Log",
  "Log1p",
  "LogicalAnd",
  "LogicalNot",
  "Max",
  "MaxPool",
  "MaxPoolGrad",
  "Maximum",
  "Mean",
  "Minimum",
  "Multiply",
  "Neg",
  "NotEqual",
  "OnesLike",
  "Pack",
  "PadV2",
  "Pow",
  "RealDiv",
  "Relu",
  "Reshape",
  "Reverse",
  "Rsqrt",
  "Select",
  "Selu",
  "Sigmoid",
  "Slice",
  "Softmax",
  "Softplus",
  "SplitV",
  "Sqrt",
  "Square",
  "SquaredDifference",
  "Step",
  "Sub",
  "Sum",
  "Tanh",
  "TenfoldAdam",
  "TenfoldAttention",
  "TenfoldAttentionGradient",
  "TenfoldConvolution",
  "TenfoldConvolutionGradient",
  "TenfoldConvolutionInputGradient",
  "TenfoldCrossEntropy",
  "TenfoldDense",
  "TenfoldDenseGradient",
  "TenfoldDenseInputGradient",
  "TenfoldGru",
  "TenfoldGruGradient",
  "TenfoldLayerNormalization",
  "TenfoldLayerNormalizationGradient",
  "TenfoldLstm",
  "TenfoldLstmGradient",
  "TenfoldMaxGradient",
  "Tile",
  "Transpose",
  "Unpack",
  "UnsortedSegmentSum",
  "ZerosLike",
  "_FusedMatMul",
]);

/** Names of the kernels that `work` runs, such as one step of a training on one batch; it runs for real. */
export async function operationsOf(work: () => unknown): Promise<string[]> {
  const { kernelNames } = await profile(async () => {
    await work();
    return [];
  });
  // Scopes that only group kernels are reported like kernels.
  return [...new Set(kernelNames)].filter((name) => getKernel(name, "wasm")).toSorted();
}

/** @throws OPERATION_UNTESTED naming the operations that are not in the list */
export function refuseUntested(names: Iterable<string>): void {
  const untested = [...names].filter((name) => !testedOperations.has(name));
  if (untested.length > 0) throw new OperationUntested(undefined, { operations: untested });
}
