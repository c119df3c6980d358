import * as grpc from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import {
  decodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  readStatusMessage,
  type PayOutRequestInput,
  type PayOutsResponse,
} from '@billing/contracts';
import {
  callUnary,
  connectBilling,
  type BillingConnection,
  type PreparedCall,
} from '@billing/grpc';
import type { CoordinatorConnection } from '@billing/cluster';
import { credentialsFor } from '../coordinator/coordinator-client.js';
import { ReflectionClient, type ReflectionVersion } from '../coordinator/reflection-client.js';

/** What a call came to: OK with its answer, or the code, and the reason where a coordinator gave one. */
export interface Outcome {
  readonly code: string;
  readonly reason?: string | undefined;
  readonly facts?: Readonly<Record<string, string>> | undefined;
  readonly answer?: unknown;
}

const DEADLINE_MS = 10_000;

/** Calls any rpc of a coordinator, with a token or without one. */
export class RpcCaller {
  private readonly connection: BillingConnection;
  private readonly health: InstanceType<grpc.ServiceClientConstructor>;

  constructor(
    private readonly at: CoordinatorConnection,
    private readonly token?: string,
  ) {
    this.connection = connectBilling(at.address, {}, at.tls);
    const Health = grpc.makeClientConstructor(healthService, 'Health');
    this.health = new Health(at.address, credentialsFor(at.tls));
  }

  close(): void {
    this.connection.close();
    this.health.close();
  }

  /** One that has a single answer. */
  unary<T>(
    call: (connection: BillingConnection, ...how: Parameters<PreparedCall<T>>) => unknown,
  ): Promise<Outcome> {
    const prepared: PreparedCall<T> = (...how) => call(this.connection, ...how);
    return outcomeOf(callUnary(prepared, this.metadata(), deadline()));
  }

  /** One request of a stream, whose token is the message's, as gateways send it, or the stream's. */
  payOuts(request: PayOutRequestInput, tokenOf: 'message' | 'stream'): Promise<Outcome> {
    const stream = this.connection.billing.payOuts(
      tokenOf === 'stream' ? this.metadata() : new grpc.Metadata(),
      deadline(),
    );
    const authorization =
      tokenOf === 'message' && this.token !== undefined ? `Bearer ${this.token}` : '';
    stream.write({ sequence: 1, authorization, request });
    stream.end();
    return outcomeOf(firstOf<PayOutsResponse>(stream)).then(unpacked);
  }

  asksHealth(rpc: 'check' | 'list'): Promise<Outcome> {
    const call: PreparedCall<unknown> = (...how) => this.health[rpc]!({ service: '' }, ...how);
    return outcomeOf(callUnary(call, this.metadata(), deadline()));
  }

  watchHealth(): Promise<Outcome> {
    const stream = this.health['watch']!({ service: '' }, this.metadata(), deadline());
    return outcomeOf(firstOf(stream as unknown as grpc.ClientReadableStream<unknown>));
  }

  async reflect(version: ReflectionVersion): Promise<Outcome> {
    const client = new ReflectionClient(this.at, this.token, version);
    try {
      return { code: 'OK', answer: { services: await client.services() } };
    } catch {
      return { code: await client.ended };
    } finally {
      client.close();
    }
  }

  private metadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    if (this.token !== undefined) metadata.set('authorization', `Bearer ${this.token}`);
    return metadata;
  }
}

const deadline = (): grpc.CallOptions => ({ deadline: Date.now() + DEADLINE_MS });

/** The first message; what comes behind it is not waited for. */
function firstOf<T>(
  stream: grpc.ClientReadableStream<T> | grpc.ClientDuplexStream<never, T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('end', () => reject(new Error('the stream ended without an answer')));
    stream.once('data', (message: T) => {
      resolve(message);
      stream.cancel();
    });
  });
}

async function outcomeOf<T>(call: Promise<T>): Promise<Outcome & { readonly answer?: T }> {
  try {
    return { code: 'OK', answer: await call };
  } catch (error) {
    const { code, metadata } = error as grpc.ServiceError;
    const [trailer] = metadata?.get(ERROR_DETAILS_TRAILER) ?? [];
    const said = trailer instanceof Buffer ? decodeErrorDetails(trailer) : undefined;
    return {
      code: grpc.status[code] ?? String(error),
      reason: said?.reason,
      facts: said?.metadata,
    };
  }
}

/** An answer of a stream that is an error is what the call came to. */
function unpacked(outcome: Outcome & { readonly answer?: PayOutsResponse }): Outcome {
  const { error, response } = outcome.answer ?? {};
  if (!error) return { ...outcome, ...(response && { answer: response }) };
  const said = readStatusMessage(error);
  return { code: grpc.status[error.code]!, reason: said?.reason, facts: said?.metadata };
}
