/** What `work` gives, without waiting for work that ignores `signal`. @throws the reason of `signal` when it is aborted. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * Reads a stream piece by piece, without waiting for one that ignores `signal`. There may be very many pieces: `signal` is
 * listened to once for all of them.
 * @throws the reason of `signal` when it is aborted.
 */
export function readerOf<T>(
  stream: ReadableStream<T>,
  signal: AbortSignal,
): () => Promise<ReadableStreamReadResult<T>> {
  const reader = stream.getReader();
  let giveUp = (_reason: unknown): void => {};
  signal.addEventListener('abort', () => giveUp(signal.reason), { once: true });
  return () =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      giveUp = reject;
      reader.read().then(resolve, reject);
    });
}
