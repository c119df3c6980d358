import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { PeerGateways } from './peer-gateways.js';

const HOUR_MS = 3_600_000;

/** The machine's clock is set back by an hour, and that long passes. */
function setBack(passedMs: number): void {
  const [wallMs, monotonicMs] = [Date.now(), performance.now()];
  jest.spyOn(Date, 'now').mockReturnValue(wallMs - HOUR_MS + passedMs);
  jest.spyOn(performance, 'now').mockReturnValue(monotonicMs + passedMs);
}

afterEach(() => jest.restoreAllMocks());

describe('a clock that is set back', () => {
  test('shows no answer of a peer for longer than it is fresh, and asks it anew', async () => {
    let asked = 0;
    const server: Server = createServer((_, response) => {
      asked += 1;
      response.end('{"node":2}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const peers = new PeerGateways([{ nodeId: 2, url: `http://127.0.0.1:${port}` }]);
      expect(await peers.ask('')).toMatchObject([{ answer: { node: 2 } }]);
      setBack(7_000);
      expect(peers.lastAnswers('')).toMatchObject([{ answer: undefined, failure: 'no answer' }]);
      await peers.ask('');
      expect(asked).toBe(2);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
