import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPortFree } from '@billing/cluster';
import { eventually } from './eventually.js';
import { TcpProxy } from './tcp-proxy.js';

// A real server that answers each piece with itself, and remembers what it heard.
let server: Server;
let heard: string[];
let serverSockets: Set<Socket>;
let proxy: TcpProxy;
let clients: EchoClient[];

beforeAll(async () => {
  serverSockets = new Set();
  server = createServer((socket) => {
    serverSockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => serverSockets.delete(socket));
    socket.on('data', (bytes) => {
      heard.push(bytes.toString());
      socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

beforeEach(async () => {
  heard = [];
  clients = [];
  proxy = await TcpProxy.listen({
    target: () => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }),
  });
});

afterEach(async () => {
  for (const client of clients) client.socket.destroy();
  await proxy.close();
  await eventually(
    async () => serverSockets.size + proxy.connectionCount,
    (open) => open === 0,
    2_000,
  );
  expect(await isPortFree(proxy.port, proxy.host)).toBe(true);
});

class EchoClient {
  received = '';
  /** Error code, or `end`. */
  ended: string | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => (this.received += bytes.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.ended = error.code));
    socket.on('end', () => (this.ended ??= 'end'));
  }

  static async connect(): Promise<EchoClient> {
    const socket = connect({ host: proxy.host, port: proxy.port, noDelay: true });
    const client = new EchoClient(socket);
    clients.push(client);
    await once(socket, 'connect');
    return client;
  }

  /** @returns how long its echo took */
  async ask(text: string): Promise<number> {
    const startMs = performance.now();
    this.socket.write(text);
    while (!this.received.endsWith(text)) await once(this.socket, 'data');
    return performance.now() - startMs;
  }

  untilEnded(): Promise<string | undefined> {
    return eventually(
      async () => this.ended,
      (ended) => ended !== undefined,
      2_000,
    );
  }
}

const aMoment = (ms = 100): Promise<void> => sleep(ms);

describe('a proxy', () => {
  test('passes bytes both ways, in order, whatever their number', async () => {
    const client = await EchoClient.connect();
    const text = 'x'.repeat(3_000_000) + 'end';
    await client.ask(text);
    expect(client.received).toBe(text);
  });

  test('passes the end of a connection on', async () => {
    const client = await EchoClient.connect();
    await client.ask('hello');
    client.socket.end();
    await eventually(
      async () => proxy.connectionCount,
      (count) => count === 0,
      2_000,
    );
    expect(client.ended).toBe('end');
  });

  test('delays each way by what it is told, per connection and without holding back others', async () => {
    proxy.setDelay({ toTargetMs: 60, toClientMs: 20 });
    const [one, two] = [await EchoClient.connect(), await EchoClient.connect()];
    const times: number[] = await Promise.all([one.ask('one'), two.ask('two')]);
    proxy.setDelay({ toTargetMs: 0, toClientMs: 0 });
    times.push(await one.ask('quick'));
    expect(Math.min(...times.slice(0, 2))).toBeGreaterThanOrEqual(79);
    expect(Math.max(...times.slice(0, 2))).toBeLessThan(160);
    expect(times[2]).toBeLessThan(60);
  });

  test('keeps the order of pieces when the delay shrinks', async () => {
    const client = await EchoClient.connect();
    await client.ask('0');
    proxy.setDelay({ toTargetMs: 100, toClientMs: 0 });
    client.socket.write('1');
    await aMoment(20);
    proxy.setDelay({ toTargetMs: 0, toClientMs: 0 });
    await client.ask('2');
    expect(client.received).toBe('012');
  });
});

describe('a link that is', () => {
  test('cut refuses new connections and resets those there are, until it is restored', async () => {
    const client = await EchoClient.connect();
    await client.ask('before');
    await proxy.cut();
    expect(await client.untilEnded()).toBe('ECONNRESET');
    await expect(EchoClient.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.restore();
    await (await EchoClient.connect()).ask('after');
  });

  test('reset loses its connections and welcomes new ones', async () => {
    const client = await EchoClient.connect();
    await client.ask('before');
    proxy.reset();
    expect(await client.untilEnded()).toBe('ECONNRESET');
    await (await EchoClient.connect()).ask('after');
  });

  test('frozen takes bytes, delivers none, and delivers them late once it is restored', async () => {
    const old = await EchoClient.connect();
    await old.ask('before');
    proxy.freeze();
    const young = await EchoClient.connect();
    old.socket.write('old');
    young.socket.write('young');
    await aMoment();
    expect(heard).toEqual(['before']);
    await proxy.restore();
    await eventually(
      async () => old.received + young.received,
      (received) => received === 'beforeoldyoung',
      2_000,
    );
  });

  test('frozen loses what it holds when it is reset before it is restored', async () => {
    const client = await EchoClient.connect();
    proxy.freeze();
    client.socket.write('lost');
    await aMoment();
    proxy.reset();
    await proxy.restore();
    await aMoment();
    expect(heard).toEqual([]);
    expect(client.ended).toBe('ECONNRESET');
  });

  test('frozen towards the client still brings requests to the target', async () => {
    const client = await EchoClient.connect();
    proxy.freeze('toClient');
    client.socket.write('heard');
    await aMoment();
    expect([heard, client.received]).toEqual([['heard'], '']);
    proxy.reset();
  });

  test('frozen towards the target still brings answers to the client', async () => {
    const client = await EchoClient.connect();
    await client.ask('before');
    proxy.freeze('toTarget');
    for (const socket of serverSockets) socket.write('news');
    client.socket.write('unheard');
    await aMoment();
    expect([heard, client.received]).toEqual([['before'], 'beforenews']);
    proxy.reset();
  });
});

describe('a trap', () => {
  test('lets requests pass and then drops answers', async () => {
    const { sprung } = proxy.dropAnswersAfter(2);
    const client = await EchoClient.connect();
    await client.ask('1');
    await client.ask('2');
    client.socket.write('3');
    await sprung;
    await aMoment();
    expect([heard, client.received]).toEqual([['1', '2', '3'], '12']);
    proxy.reset();
  });

  test.each([
    ['reset', 'request', ['a1'], 'a1', true],
    ['reset', 'answer', ['a1', 'b2'], 'a1', true],
    ['cut', 'request', ['a1'], 'a1', false],
    ['cut', 'answer', ['a1', 'b2'], 'a1', false],
  ] as const)(
    'springs at the request that matches: %s at the %s',
    async (failure, at, heardThen, receivedThen, welcomesOthers) => {
      const { sprung } = proxy.setTrap({ matching: 'b', failure, at });
      const client = await EchoClient.connect();
      await client.ask('a1');
      client.socket.write('b2');
      await sprung;
      expect(await client.untilEnded()).toBe('ECONNRESET');
      await aMoment(20);
      expect([heard, client.received]).toEqual([heardThen, receivedThen]);
      const next = EchoClient.connect();
      if (welcomesOthers) await (await next).ask('b3');
      else await expect(next).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    },
  );

  test('holds the request back in a black hole, and lets it arrive late', async () => {
    const { sprung } = proxy.setTrap({ matching: 'b', failure: 'freeze', at: 'request' });
    const client = await EchoClient.connect();
    await client.ask('a1');
    client.socket.write('b2');
    await sprung;
    await aMoment();
    expect(heard).toEqual(['a1']);
    await proxy.restore();
    await eventually(
      async () => client.received,
      (received) => received === 'a1b2',
      2_000,
    );
  });

  test('that is removed never springs', async () => {
    proxy.setTrap({ failure: 'cut', at: 'request' }).remove();
    await (await EchoClient.connect()).ask('a');
  });
});
