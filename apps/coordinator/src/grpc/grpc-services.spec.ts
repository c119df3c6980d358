import * as grpc from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { CallerAddresses } from './caller-addresses.js';
import { GrpcServices } from './grpc-services.js';

const PER_ADDRESS_MAX = 16;
const Health = grpc.makeClientConstructor(healthService, 'Health');
const server = new grpc.Server();
let client: InstanceType<typeof Health>;
let services: GrpcServices;

beforeAll(async () => {
  services = new GrpcServices({ addTo: () => undefined }, new CallerAddresses());
  services.add(server);
  services.setServing(true);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  client = new Health(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
});

afterAll(() => {
  client.close();
  services.forceShutdown();
});

interface Watching {
  readonly stream: grpc.ClientReadableStream<{ readonly status: string }>;
  /** The first status, or the code of its end. */
  readonly told: Promise<string>;
  /** Code of its end. */
  readonly ended: Promise<string>;
}

function watch(service = ''): Watching {
  const stream = client['watch']!({ service }) as unknown as Watching['stream'];
  const ended = new Promise<string>((resolve) => {
    stream.once('end', () => resolve('OK'));
    stream.once('error', ({ code }: grpc.ServiceError) => resolve(grpc.status[code]));
  });
  const told = new Promise<string>((resolve) => {
    stream.once('data', ({ status }: { readonly status: string }) => resolve(status));
    void ended.then(resolve);
  });
  return { stream, told, ended };
}

test('a watch of health beyond those that an address may have is refused, until one ends', async () => {
  const open = Array.from({ length: PER_ADDRESS_MAX }, () => watch());
  const told = await Promise.all(open.map((one) => one.told));
  expect(told).toEqual(open.map(() => 'SERVING'));
  expect(await watch().told).toBe('RESOURCE_EXHAUSTED');
  const [first] = open as [Watching];
  first.stream.cancel();
  await first.ended;
  for (;;) {
    const next = watch();
    open.push(next);
    if ((await next.told) === 'SERVING') break;
  }
  for (const { stream } of open) stream.cancel();
  await Promise.all(open.map(({ ended }) => ended));
});

test('a watch of a service that is not there is told so, and ends', async () => {
  const { told, ended } = watch('billing.v1.Nobody');
  expect([await told, await ended]).toEqual(['SERVICE_UNKNOWN', 'OK']);
});
