import { type Engine, engines } from "./predictor-network.js";
import { PredictorThread } from "./predictor-thread.js";

const limits = { cacheBytes: 2 ** 30, heapMegabytes: 512, engines };

/**
 * What will compute a version's answers, found out as serving does, in a thread of its own for a moment: the process
 * that trained it may load no native code. Null where even that fails, which must not cost a finished training.
 */
export async function servingEngine(artefact: Uint8Array): Promise<Engine | null> {
  const thread = new PredictorThread(limits, () => undefined);
  try {
    return await thread.engineOf(artefact);
  } catch {
    return null;
  } finally {
    await thread.end();
  }
}
