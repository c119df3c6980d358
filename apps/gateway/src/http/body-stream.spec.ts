import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { forEachChunk, readBytes } from './body-stream.js';

const payloadOf = (...chunks: string[]): IncomingMessage => {
  const payload = new PassThrough();
  for (const chunk of chunks) payload.write(chunk);
  payload.end();
  return payload as unknown as IncomingMessage;
};

describe('a body', () => {
  test('is read whole, up to its limit', async () => {
    await expect(readBytes(payloadOf('ab', 'c'), 3)).resolves.toEqual(Buffer.from('abc'));
    await expect(readBytes(payloadOf('ab', 'cd'), 3)).rejects.toMatchObject({
      kind: 'body-too-large',
    });
  });

  test('whose reader throws fails its own request, not the process', async () => {
    const taken: string[] = [];
    const reading = forEachChunk(payloadOf('a', 'b'), 10, (chunk) => {
      taken.push(chunk.toString());
      throw new TypeError('a bug');
    });
    await expect(reading).rejects.toThrow('a bug');
    expect(taken).toEqual(['a']);
  });
});
