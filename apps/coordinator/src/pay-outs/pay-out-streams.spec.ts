import { EventEmitter } from 'node:events';
import { Metadata, status } from '@grpc/grpc-js';
import { TokenRefusedError, type Client } from '@billing/auth';
import {
  readStatusMessage,
  type PayOutRequest,
  type PayOutResponse,
  type PayOutsResponse,
} from '@billing/contracts';
import { createLog } from '@billing/observability';
import { BillingError } from '../grpc/billing.errors.js';
import { ClientAccess } from '../grpc/client-access.js';
import { PayOutStreams, type PayOutsCall } from './pay-out-streams.js';

/** The side of a call that grpc-js shows to a handler. */
class FakeCall extends EventEmitter {
  readonly metadata = new Metadata();
  readonly written: PayOutsResponse[] = [];
  isPaused = false;
  isEnded = false;
  /** How often `write` says that it is enough for now. */
  fullAfter = Infinity;

  constructor(authorization = 'Bearer a.b.c') {
    super();
    if (authorization !== '') this.metadata.set('authorization', authorization);
  }

  pause(): this {
    this.isPaused = true;
    return this;
  }

  resume(): this {
    this.isPaused = false;
    return this;
  }

  write(answer: PayOutsResponse): boolean {
    this.written.push(answer);
    return this.written.length < this.fullAfter;
  }

  end(): this {
    this.isEnded = true;
    return this;
  }
}

interface PlannedPayOut {
  readonly clientId: string;
  readonly answer: () => void;
  readonly fail: (error: unknown) => void;
}

const response = { replayed: false } as PayOutResponse;
const clients: Readonly<Record<string, Client>> = {
  'Bearer a.b.c': {
    id: 'shop',
    scopes: new Set(['pay-outs:write']),
    tenants: ['default'],
    expiresAtMs: Infinity,
  },
  'Bearer d.e.f': {
    id: 'bank',
    scopes: new Set(['pay-outs:write']),
    tenants: ['default'],
    expiresAtMs: Infinity,
  },
  'Bearer g.h.i': {
    id: 'reader',
    scopes: new Set(['pay-outs:read']),
    tenants: ['default'],
    expiresAtMs: Infinity,
  },
};

function serve(call: FakeCall): { streams: PayOutStreams; payOuts: PlannedPayOut[] } {
  const payOuts: PlannedPayOut[] = [];
  const verify = (authorization = ''): Promise<Client> => {
    const client = clients[authorization];
    return client === undefined
      ? Promise.reject(new TokenRefusedError('signature', 'the token is not valid'))
      : Promise.resolve(client);
  };
  const streams = new PayOutStreams({
    access: new ClientAccess({ verify }),
    payOut: ({ id: clientId }) =>
      new Promise((resolve, reject) => {
        payOuts.push({ clientId, answer: () => resolve(response), fail: reject });
      }),
    openPerStreamMax: 3,
    log: createLog({ app: 'spec', nodeId: 1, level: 'fatal' }),
  });
  streams.serve(call as unknown as PayOutsCall);
  return { streams, payOuts };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const request = {} as PayOutRequest;

describe('a stream of pay-outs', () => {
  test('is read once its token is found to be good, and each answer has its number', async () => {
    const call = new FakeCall();
    const { payOuts } = serve(call);
    expect(call.listenerCount('data')).toBe(0);
    await turn();
    call.emit('data', { sequence: 7, request, authorization: '' });
    call.emit('data', { sequence: 8, request, authorization: 'Bearer d.e.f' });
    await turn();
    expect(payOuts.map(({ clientId }) => clientId)).toEqual(['shop', 'bank']);
    payOuts[1]!.answer();
    await turn();
    payOuts[0]!.answer();
    await turn();
    expect(call.written).toEqual([
      { sequence: 8, response },
      { sequence: 7, response },
    ]);
  });

  test('ends with a token that is not good, and lives without one', async () => {
    const liar = new FakeCall('Bearer x.y.z');
    const errors: unknown[] = [];
    liar.on('error', (error) => errors.push(error));
    serve(liar);
    const nobody = new FakeCall('');
    const { payOuts } = serve(nobody);
    await turn();
    expect(errors).toEqual([expect.objectContaining({ code: status.UNAUTHENTICATED })]);
    nobody.emit('data', { sequence: 1, request, authorization: '' });
    nobody.emit('data', { sequence: 2, request, authorization: 'Bearer d.e.f' });
    await turn();
    expect(reasonsOf(nobody)).toEqual([[1, 'UNAUTHENTICATED']]);
    expect(payOuts).toHaveLength(1);
  });

  test('goes on after messages that are refused', async () => {
    const call = new FakeCall();
    const { payOuts } = serve(call);
    await turn();
    call.emit('data', { sequence: 1, request: null, authorization: '' });
    call.emit('data', { sequence: 2, request, authorization: 'Bearer g.h.i' });
    call.emit('data', { sequence: 3, request, authorization: '' });
    await turn();
    payOuts[0]!.fail(new BillingError('OVERLOADED', 'too much'));
    await turn();
    expect(reasonsOf(call)).toEqual([
      [1, 'INVALID_REQUEST'],
      [2, 'SCOPE_MISSING'],
      [3, 'OVERLOADED'],
    ]);
    expect(call.isEnded).toBe(false);
  });

  test('is not read while too many wait, nor while its answers are not', async () => {
    const call = new FakeCall();
    const { payOuts } = serve(call);
    await turn();
    for (let sequence = 1; sequence <= 3; sequence += 1) {
      call.emit('data', { sequence, request, authorization: '' });
    }
    expect(call.isPaused).toBe(true);
    payOuts[0]!.answer();
    await turn();
    expect(call.isPaused).toBe(false);
    call.fullAfter = 2;
    payOuts[1]!.answer();
    await turn();
    expect(call.isPaused).toBe(true);
    call.emit('drain');
    expect(call.isPaused).toBe(false);
  });

  test('ends after a half-close when everything is answered', async () => {
    const call = new FakeCall();
    const { payOuts } = serve(call);
    await turn();
    call.emit('data', { sequence: 1, request, authorization: '' });
    call.emit('end');
    expect(call.isEnded).toBe(false);
    payOuts[0]!.answer();
    await turn();
    expect(call.written).toHaveLength(1);
    expect(call.isEnded).toBe(true);
  });

  test('that is cancelled answers nobody', async () => {
    const call = new FakeCall();
    const { payOuts } = serve(call);
    await turn();
    call.emit('data', { sequence: 1, request, authorization: '' });
    call.emit('cancelled');
    payOuts[0]!.answer();
    await turn();
    expect(call.written).toEqual([]);
  });

  test('that is asked to stop reads no more, answers what it has read, and says why', async () => {
    const call = new FakeCall();
    const errors: unknown[] = [];
    call.on('error', (error) => errors.push(error));
    const { streams, payOuts } = serve(call);
    await turn();
    call.emit('data', { sequence: 1, request, authorization: '' });
    streams.stop();
    expect(call.isPaused).toBe(true);
    payOuts[0]!.answer();
    await turn();
    expect(call.written).toHaveLength(1);
    expect(errors).toEqual([expect.objectContaining({ code: status.UNAVAILABLE })]);
    const later = new FakeCall();
    later.on('error', (error) => errors.push(error));
    streams.serve(later as unknown as PayOutsCall);
    expect(errors).toHaveLength(2);
  });

  function reasonsOf(call: FakeCall): [number, string | undefined][] {
    return call.written.map(({ sequence, error }) => [
      sequence,
      error ? readStatusMessage(error)?.reason : undefined,
    ]);
  }
});
