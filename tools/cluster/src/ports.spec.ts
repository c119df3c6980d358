import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertPortFree, findFreePorts, isPortFree } from './ports.js';

function listen(): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Sockets that have this local port, ours among them. */
function holders(port: number): number {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => line.trim().split(/\s+/)[1]?.endsWith(`:${hexPort}`)).length;
}

/**
 * A connection whose port, chosen by the kernel, is nobody else's: it may give the same one to
 * connections to other places, and those that other specs have just closed hold theirs for a minute.
 */
async function connectAlone(server: Server): Promise<Socket> {
  for (let tries = 0; tries < 50; tries += 1) {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    if (holders(client.localPort!) === 1) return client;
    client.resetAndDestroy();
  }
  throw new Error('every port that the kernel chose was shared');
}

describe('ports', () => {
  test('a port in use is refused in one line that names the port, its use and who has it', async () => {
    const server = await listen();
    const { port } = server.address() as AddressInfo;
    await expect(assertPortFree(port, 'dc1/postgres')).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(
        new RegExp(
          `^port ${port}, wanted for dc1/postgres, is in use by .*\\(pid ${process.pid}\\)`,
        ),
      ),
    });
    await new Promise((resolve) => server.close(resolve));
    await expect(assertPortFree(port, 'dc1/postgres')).resolves.toBeUndefined();
  });

  test('a port that only an outgoing connection holds is waited for', async () => {
    const server = await listen();
    const client = await connectAlone(server);
    const port = client.localPort!;
    const lines: string[] = [];
    const free = assertPortFree(port, 'dc1/coordinator', { log: (line) => lines.push(line) });
    await sleep(300);
    expect(lines).toEqual([
      `port ${port}, wanted for dc1/coordinator, is held by an outgoing connection: waiting for it`,
    ]);
    // A reset leaves no TIME_WAIT behind.
    client.resetAndDestroy();
    await free;
    await new Promise((resolve) => server.close(resolve));
    // Should another connection take the port in between, it is waited for as well.
  }, 80_000);

  test('ports found free are free, differ, and are found by nobody else while we run', async () => {
    const [first, second] = await Promise.all([findFreePorts(20), findFreePorts(20)]);
    const all = [...first, ...second];
    expect(new Set(all).size).toBe(40);
    expect(await Promise.all(all.map((port) => isPortFree(port)))).toEqual(all.map(() => true));
  });
});
