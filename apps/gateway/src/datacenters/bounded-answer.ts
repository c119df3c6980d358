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
export function faultOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer in ${timeoutMs / 1_000} s`;
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? `no answer (${cause.code})` : error.message;
}
