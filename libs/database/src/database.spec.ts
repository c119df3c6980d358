import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Database } from './database.js';
import { DatabaseError } from './database.errors.js';

// Messages of PostgreSQL's protocol, version 3 (PostgreSQL documentation, "Message Formats").
const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const authenticationOk = message('R', Buffer.alloc(4));
const readyForQuery = message('Z', Buffer.from('I'));
const fields =
  'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0';
const ended = message('E', Buffer.from(fields));

describe('a connection to a server that ends', () => {
  let server: Server;
  let database: Database;
  let welcome: readonly Buffer[];
  const sockets = new Set<Socket>();
  const lost: Error[] = [];

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(Buffer.concat(welcome)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    database = new Database({
      url: `postgresql://somebody@127.0.0.1:${port}/billing?sslmode=disable`,
      poolMax: 1,
      applicationName: 'spec',
      onIdleError: (error) => void lost.push(error),
    });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await database.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test('in the read that says that it is ready, it is none: nothing was sent', async () => {
    welcome = [authenticationOk, readyForQuery, ended];
    const connecting = database.connect('spec');
    await expect(connecting).rejects.toBeInstanceOf(DatabaseError);
    await expect(connecting).rejects.toMatchObject({ kind: 'away', effect: 'none' });
  });

  test('while it is idle, it is told without its client, which has its secrets', async () => {
    welcome = [authenticationOk, readyForQuery];
    (await database.connect('spec')).release();
    [...sockets].at(-1)!.write(ended);
    while (lost.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(lost[0]!.message).toContain('unexpected postmaster exit');
    expect(Object.keys(lost[0]!)).not.toContain('client');
  });
});
