import {
  toStatusMessage,
  type PayOutRequest,
  type PayOutsRequest,
  type PayOutsResponse,
} from '@billing/contracts';
import { loadBilling } from '@billing/grpc';
import * as grpc from '@grpc/grpc-js';
import { PayOutStream } from './pay-out-stream.js';

type Call = grpc.ServerDuplexStream<PayOutsRequest, PayOutsResponse>;

let server: grpc.Server;
let stream: PayOutStream;
/** What the coordinator does with each request. */
let hear: (call: Call, request: PayOutsRequest) => void;
const authorizations: unknown[] = [];

beforeAll(async () => {
  server = new grpc.Server();
  server.addService(loadBilling().Billing.service, {
    payOuts: (call: Call) => {
      authorizations.push(...call.metadata.get('authorization'));
      call.on('data', (request: PayOutsRequest) => hear(call, request));
      call.on('end', () => call.end());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  stream = new PayOutStream(`127.0.0.1:${port}`, 'token');
});

afterAll(() => {
  stream.close();
  server.forceShutdown();
});

const request = (idempotencyKey: string): PayOutRequest => ({
  accountId: '1',
  amount: '1.00',
  currency: 'CZK',
  reference: '',
  metadataJson: '',
  idempotencyKey,
  drain: 'DRAIN_ANY',
  deadlineMs: 0,
  homeNodeId: 0,
  charge: null,
  upTo: null,
});
const answer = ({ sequence, request }: PayOutsRequest): PayOutsResponse => ({
  sequence,
  response: {
    replayed: false,
    position: '',
    payOut: { payOutId: request!.idempotencyKey, parts: [] } as unknown as NonNullable<
      PayOutsResponse['response']
    >['payOut'],
  },
});

test('answers find their requests in any order, on one stream with one token', async () => {
  const held: [Call, PayOutsRequest][] = [];
  hear = (call, asked) => {
    held.push([call, asked]);
    if (held.length === 3) for (const [to, of] of held.reverse()) to.write(answer(of));
  };
  const answers = await Promise.all(['a', 'b', 'c'].map((key) => stream.payOut(request(key))));
  expect(answers.map(({ payOut }) => payOut.payOutId)).toEqual(['a', 'b', 'c']);
  expect(authorizations).toEqual(['Bearer token']);
});

test.each([
  ['CONTENDED', { retryable: 'true' }, true],
  ['INSUFFICIENT_FUNDS', {}, false],
])('a refusal tells its reason: %s', async (reason, metadata, retryable) => {
  hear = (call, { sequence }) => {
    const error = toStatusMessage({
      code: grpc.status.ABORTED,
      message: 'why',
      reason,
      metadata: metadata as Record<string, string>,
    });
    call.write({ sequence, error });
  };
  await expect(stream.payOut(request('a'))).rejects.toMatchObject({
    name: 'PayOutRefusal',
    reason,
    message: 'why',
    retryable,
  });
});

test('a stream that breaks leaves its requests without an answer, and the next one opens another', async () => {
  const broken = Object.assign(new Error('broken'), { code: grpc.status.UNAVAILABLE });
  hear = (call) => void call.emit('error', broken);
  const lost = await Promise.allSettled([stream.payOut(request('a')), stream.payOut(request('b'))]);
  expect(lost.map((one) => (one as PromiseRejectedResult).reason.name)).toEqual([
    'NoPayOutAnswer',
    'NoPayOutAnswer',
  ]);
  hear = (call, asked) => void call.write(answer(asked));
  expect((await stream.payOut(request('a'))).payOut.payOutId).toBe('a');
});

test('a stream that its coordinator ends in good order is opened again too', async () => {
  hear = (call) => call.end();
  await expect(stream.payOut(request('a'))).rejects.toThrow('ended the stream');
  hear = (call, asked) => void call.write(answer(asked));
  expect((await stream.payOut(request('b'))).payOut.payOutId).toBe('b');
});

test('nobody listens: no answer', async () => {
  const nowhere = new PayOutStream('127.0.0.1:1', 'token');
  await expect(nowhere.payOut(request('a'))).rejects.toMatchObject({ name: 'NoPayOutAnswer' });
  nowhere.close();
});
