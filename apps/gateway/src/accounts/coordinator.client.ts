import {
  BILLING_PACKAGE,
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  BILLING_SERVICE,
  type DeleteAccountRequest,
  type DeleteAccountResponse,
  type OpenAccountRequest,
  type OpenAccountResponse,
} from '@billing/contracts';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { toCoordinatorProblem } from './coordinator.problem.js';

/** On whose behalf a call is made. */
export interface Caller {
  readonly id: string;
  readonly headers: { readonly authorization?: string | undefined };
}

export interface CoordinatorOptions {
  readonly url: string;
  readonly deadlineMs: number;
}

const HEALTH_METHOD = '/grpc.health.v1.Health/Check';
const HEALTH_DEADLINE_MS = 1_000;
/** HealthCheckResponse { status: SERVING }, as bytes. */
const SERVING = Buffer.from([0x08, 0x01]);

type Method = (
  request: object,
  metadata: grpc.Metadata,
  options: grpc.CallOptions,
  done: (error: grpc.ServiceError | null, response: unknown) => void,
) => grpc.ClientUnaryCall;

/** This datacenter's coordinator. The caller's own token goes with each call. */
export class CoordinatorClient {
  private readonly client: grpc.Client;
  private readonly methods: Readonly<Record<string, Method>>;

  constructor(private readonly options: CoordinatorOptions) {
    const definition = loadSync(BILLING_PROTO_FILE, BILLING_PROTO_OPTIONS);
    const Service = grpc.makeClientConstructor(
      definition[`${BILLING_PACKAGE}.${BILLING_SERVICE}`] as grpc.ServiceDefinition,
      BILLING_SERVICE,
    );
    this.client = new Service(options.url, grpc.credentials.createInsecure(), {
      // A coordinator that is back is found within a second.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      'grpc.keepalive_time_ms': 20_000,
      'grpc.keepalive_timeout_ms': 5_000,
    });
    this.methods = this.client as unknown as Record<string, Method>;
  }

  /** @throws HttpProblem */
  openAccount(request: OpenAccountRequest, caller: Caller): Promise<OpenAccountResponse> {
    return this.call<OpenAccountResponse>('openAccount', request, caller);
  }

  /** @throws HttpProblem */
  deleteAccount(request: DeleteAccountRequest, caller: Caller): Promise<DeleteAccountResponse> {
    return this.call<DeleteAccountResponse>('deleteAccount', request, caller);
  }

  /** Why it cannot be used now, or undefined. */
  fault(): Promise<string | undefined> {
    const asIs = (bytes: Buffer): Buffer => bytes;
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(
        HEALTH_METHOD,
        asIs,
        asIs,
        Buffer.alloc(0),
        new grpc.Metadata(),
        { deadline: Date.now() + HEALTH_DEADLINE_MS },
        (error, answer) => {
          if (error !== null) resolve(error.details);
          else resolve(answer?.equals(SERVING) === true ? undefined : 'it is not serving');
        },
      );
    });
  }

  close(): void {
    this.client.close();
  }

  private call<T>(method: string, request: object, caller: Caller): Promise<T> {
    const metadata = new grpc.Metadata();
    metadata.set('authorization', caller.headers.authorization ?? '');
    metadata.set('x-request-id', caller.id);
    const deadline = Date.now() + this.options.deadlineMs;
    return new Promise((resolve, reject) => {
      this.methods[method]!.call(
        this.client,
        request,
        metadata,
        { deadline },
        (error, response) => {
          if (error === null) resolve(response as T);
          else reject(toCoordinatorProblem(error));
        },
      );
    });
  }
}
