/** By the name that `fetch` gives it, whoever set the limit. */
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * What is asked of another gateway with a signal that ends it when the time is over or this gateway stops. A timer of
 * its own: Node 20 forgets a time limit inside AbortSignal.any at the next garbage collection (nodejs/node#57736).
 * @throws what `ask` throws; TimeoutError when the time is over
 */
export async function withinTime<T>(
  timeoutMs: number,
  stopping: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(new TimeoutError()), timeoutMs);
  const stop = (): void => ended.abort(stopping.reason);
  stopping.addEventListener('abort', stop);
  if (stopping.aborted) stop();
  try {
    return await ask(ended.signal);
  } finally {
    // What of an answer nobody read is let go of, its connection too.
    ended.abort();
    clearTimeout(timer);
    stopping.removeEventListener('abort', stop);
  }
}

/** The whole body, unless it is too much. @throws Error */
export async function readBounded(response: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop lets go of the connection.
    if (bytes > bytesMax) throw new Error('answered too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Why another gateway gave no answer, in a few words. */
export function failureOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer in ${timeoutMs / 1_000} s`;
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? `no answer (${cause.code})` : error.message;
}
