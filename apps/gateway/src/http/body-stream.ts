import type { IncomingMessage } from 'node:http';
import { HttpProblem } from './http-problem.js';

export function bodyTooLarge(): HttpProblem {
  return new HttpProblem('body-too-large', 'the body is larger than this path takes', {
    headers: { connection: 'close' },
  });
}

/** A small body, whole. @throws HttpProblem when it is larger, or breaks off */
export function readBytes(payload: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return receive(
    payload,
    bytesMax,
    (chunk) => chunks.push(chunk),
    () => (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
  );
}

/**
 * A large body, one chunk (as a socket gives them, 64 KiB) in a turn of the event loop: whoever else is
 * waiting comes in between. @throws HttpProblem when it is larger, or breaks off
 */
export function forEachChunk(
  payload: IncomingMessage,
  bytesMax: number,
  take: (chunk: Buffer) => void,
): Promise<void> {
  return receive(
    payload,
    bytesMax,
    (chunk) => {
      take(chunk);
      payload.pause();
      setImmediate(() => payload.resume());
    },
    () => undefined,
  );
}

function receive<Whole>(
  payload: IncomingMessage,
  bytesMax: number,
  take: (chunk: Buffer) => void,
  whole: () => Whole,
): Promise<Whole> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const leave = (end: () => void): void => {
      payload.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
      end();
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > bytesMax) return leave(() => reject(bodyTooLarge()));
      try {
        take(chunk);
      } catch (error) {
        // Thrown on from here it would end the process.
        leave(() => reject(error as Error));
      }
    };
    const onEnd = (): void => leave(() => resolve(whole()));
    const onError = (): void => {
      const problem = new HttpProblem('invalid-request', 'the body broke off');
      leave(() => reject(problem));
    };
    payload.on('data', onData).on('end', onEnd).on('error', onError).on('close', onError);
  });
}
