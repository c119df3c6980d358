import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertPortFree, findFreePorts, isPortFree } from './ports.js';

function listen(): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
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
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    // Chosen by the kernel, as for any outgoing connection.
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
  });

  test('ports found free are free, differ, and are found by nobody else while we run', async () => {
    const [first, second] = await Promise.all([findFreePorts(20), findFreePorts(20)]);
    const all = [...first, ...second];
    expect(new Set(all).size).toBe(40);
    expect(await Promise.all(all.map((port) => isPortFree(port)))).toEqual(all.map(() => true));
  });
});
