/** Rejects with the signal's reason as soon as it aborts, even while `work` never settles. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    // A listener left behind for every chunk would grow with the file.
    signal.removeEventListener("abort", abort);
  }
}

/** The source's chunks until it ends or the signal aborts; the source is closed in every case. */
export async function* chunksOf(
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orAbort(iterator.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that is stuck would hold the abort up.
    iterator.return?.().catch(() => undefined);
  }
}
