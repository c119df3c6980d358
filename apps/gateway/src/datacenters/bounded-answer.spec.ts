import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { failureOf, withinTime } from './bounded-answer.js';

describe('what is asked of a gateway that says nothing', () => {
  let silent: Server;
  const never = new AbortController();
  const ask = (timeoutMs: number, stopping = never.signal): Promise<unknown> => {
    const { port } = silent.address() as AddressInfo;
    return withinTime(timeoutMs, stopping, (signal) =>
      fetch(`http://127.0.0.1:${port}`, { signal }),
    );
  };

  beforeAll(async () => {
    silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterAll(async () => {
    silent.closeAllConnections();
    silent.close();
    await once(silent, 'close');
  });

  test('ends when its time is over, however often memory is cleaned up meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    let failure: string | undefined;
    void ask(1_000).catch((error: unknown) => (failure = failureOf(error, 1_000)));
    for (let waited = 0; failure === undefined && waited < 200; waited += 1) {
      collectGarbage();
      await sleep(50);
    }
    expect(failure).toBe('no answer in 1 s');
  }, 30_000);

  test('ends when this gateway stops', async () => {
    const stopping = new AbortController();
    const asked = ask(60_000, stopping.signal);
    stopping.abort(new Error('this gateway is stopping'));
    await expect(asked).rejects.toThrow('this gateway is stopping');
    await expect(ask(60_000, stopping.signal)).rejects.toThrow('this gateway is stopping');
  });
});
