import { InferenceSession } from "onnxruntime-node";

/**
 * A model as somebody else would run it, on one thread: the runtime binds each thread of a pool to a processor, and a
 * pool whose processors are busy with other specs takes up to half a minute to end.
 */
export const openOnnx = (model: Uint8Array): Promise<InferenceSession> =>
  InferenceSession.create(model, { intraOpNumThreads: 1 });
