import { registerEnumType } from "type-graphql";

/** What computes a network's answers; the names are those of the room of learning. */
export enum Engine {
  ONNXRUNTIME = "ONNXRUNTIME",
  TFJS = "TFJS",
}
registerEnumType(Engine, {
  name: "Engine",
  description: "What computes a network's answers.",
  valuesConfig: {
    ONNXRUNTIME: { description: "onnxruntime, on the version's ONNX export." },
    TFJS: { description: "TensorFlow.js, where onnxruntime can't run the export or answers otherwise." },
  },
});
