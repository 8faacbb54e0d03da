import type { ServerResponse } from "node:http";

/** Resolves when the bytes were handed to the operating system; rejects when the connection is gone. */
function written(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error("The reader is gone."));
    if (response.destroyed) return gone();
    response.once("close", gone);
    response.write(chunk, (error) => {
      response.off("close", gone);
      if (error) reject(error);
      else resolve();
    });
  });
}

/** What a reader got. */
export interface Delivered {
  bytes: number;
  complete: boolean;
}

/**
 * Sends a body chunk by chunk, each once the one before has left, and counts what left: a reader that is slow, or goes
 * away, is neither read ahead for nor charged for what it did not get. Cuts the connection where the source fails, since
 * the answer has begun; never rejects. `failed` is told why.
 */
export async function deliver(
  response: ServerResponse,
  source: AsyncIterable<Uint8Array>,
  longestMs: number,
  failed: (error: unknown) => void,
): Promise<Delivered> {
  let bytes = 0;
  const late = setTimeout(() => response.destroy(), longestMs);
  try {
    for await (const chunk of source) {
      await written(response, chunk);
      bytes += chunk.length;
    }
    response.end();
    return { bytes, complete: true };
  } catch (error) {
    if (!response.destroyed) failed(error);
    response.destroy();
    return { bytes, complete: false };
  } finally {
    clearTimeout(late);
  }
}
