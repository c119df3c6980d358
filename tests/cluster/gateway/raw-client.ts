import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTo } from './url-clients.js';

/** Stands for a token where a request is written before there is one. */
const TOKEN = '@token@';

const ANSWER_WITHIN_MS = 30_000;

/** One connection on which a spec writes bytes that no HTTP client would. */
export class RawClient {
  private received = '';
  private failed: Error | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly token: string,
  ) {
    socket.on('data', (chunk) => (this.received += chunk.toString('latin1')));
    // What had come before a reset is an answer all the same.
    socket.on('error', (error) => (this.failed = error));
  }

  static open(url: string, token: string): RawClient {
    return new RawClient(connectTo(url), token);
  }

  write(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      const isText = typeof bytes === 'string';
      this.socket.write(isText ? bytes.replace(TOKEN, this.token) : bytes, () => resolve());
    });
  }

  /** In the middle of whatever it was. */
  end(): void {
    this.socket.destroy();
  }

  /** All that came until the other side closed, or until it is as wanted. */
  async answer(isWhole: (text: string) => boolean = () => false): Promise<string> {
    const endMs = performance.now() + ANSWER_WITHIN_MS;
    while (!this.socket.closed && !isWhole(this.received)) {
      if (performance.now() > endMs) throw new Error(`no answer; so far: ${this.received}`);
      await sleep(5);
    }
    this.socket.destroy();
    if (this.received === '' && this.failed !== undefined) throw this.failed;
    return this.received;
  }
}

/** The status lines in what came over one connection. */
export const statusesOf = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

/** A request up to its body. */
export function head(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>> = {},
): string {
  const all = { host: 'x', authorization: `Bearer ${TOKEN}`, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

export const json = (length: number): Record<string, string | number> => ({
  'content-type': 'application/json',
  'content-length': length,
});
