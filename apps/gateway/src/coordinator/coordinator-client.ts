import {
  BILLING_PACKAGE,
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  BILLING_SERVICE,
  OPERATIONS_PROTO_FILE,
  OPERATIONS_SERVICE,
  type ActOnDeadLettersRequest,
  type ActRequest,
  type ActResponse,
  type ActsResponse,
  type CorrectBalanceRequest,
  type CorrectBalanceResponse,
  type CorrectDeadLetterRequest,
  type DeleteAccountRequest,
  type DeleteAccountResponse,
  type DiscardParkedPayInsRequest,
  type GetPayOutRequest,
  type GetPayOutResponse,
  type OpenAccountRequest,
  type OpenAccountResponse,
  type PayOutRequest,
  type PayOutResponse,
  type PreviewPayOutRequest,
  type PreviewPayOutResponse,
  type RetryParkedPayInsRequest,
  type RetryParkedPayInsResponse,
} from '@billing/contracts';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { toCoordinatorProblem, type CallKind } from './coordinator-problem.js';
import { PayOutStream, type PayOutStreamOptions, type PayOutStub } from './pay-out-stream.js';

/** On whose behalf a call is made. */
export interface Caller {
  readonly id: string;
  readonly headers: { readonly authorization?: string | undefined };
}

export interface CoordinatorOptions {
  readonly url: string;
  /** Of every call but pay-outs, which bring their own. */
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
  private readonly payOuts: PayOutStream;

  constructor(
    private readonly options: CoordinatorOptions,
    payOuts: PayOutStreamOptions,
  ) {
    const files = [BILLING_PROTO_FILE, OPERATIONS_PROTO_FILE];
    const definition = loadSync(files, BILLING_PROTO_OPTIONS);
    // Both services over one connection.
    const methods = {
      ...definition[`${BILLING_PACKAGE}.${BILLING_SERVICE}`],
      ...definition[`${BILLING_PACKAGE}.${OPERATIONS_SERVICE}`],
    } as grpc.ServiceDefinition;
    const Service = grpc.makeClientConstructor(methods, BILLING_SERVICE);
    this.client = new Service(options.url, grpc.credentials.createInsecure(), {
      // A coordinator that is back is found within a second.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      'grpc.keepalive_time_ms': 20_000,
      'grpc.keepalive_timeout_ms': 5_000,
    });
    this.methods = this.client as unknown as Record<string, Method>;
    this.payOuts = new PayOutStream(this.client as PayOutStub, payOuts);
  }

  /** @throws HttpProblem */
  openAccount(request: OpenAccountRequest, caller: Caller): Promise<OpenAccountResponse> {
    return this.call<OpenAccountResponse>('openAccount', request, caller);
  }

  /** @throws HttpProblem */
  deleteAccount(request: DeleteAccountRequest, caller: Caller): Promise<DeleteAccountResponse> {
    return this.call<DeleteAccountResponse>('deleteAccount', request, caller);
  }

  /** @throws HttpProblem */
  correctBalance(request: CorrectBalanceRequest, caller: Caller): Promise<CorrectBalanceResponse> {
    return this.call<CorrectBalanceResponse>('correctBalance', request, caller);
  }

  /** @throws HttpProblem */
  payOut(request: PayOutRequest, caller: Caller): Promise<PayOutResponse> {
    return this.payOuts.send(request, caller.headers.authorization ?? '');
  }

  /** @throws HttpProblem */
  getPayOut(request: GetPayOutRequest, caller: Caller): Promise<GetPayOutResponse> {
    return this.call<GetPayOutResponse>('getPayOut', request, caller, 'read');
  }

  /** @throws HttpProblem */
  previewPayOut(request: PreviewPayOutRequest, caller: Caller): Promise<PreviewPayOutResponse> {
    return this.call<PreviewPayOutResponse>('previewPayOut', request, caller, 'read');
  }

  /** @throws HttpProblem */
  replayDeadLetter(request: ActRequest, caller: Caller): Promise<ActResponse> {
    return this.call<ActResponse>('replayDeadLetter', request, caller);
  }

  /** @throws HttpProblem */
  correctDeadLetter(request: CorrectDeadLetterRequest, caller: Caller): Promise<ActResponse> {
    return this.call<ActResponse>('correctDeadLetter', request, caller);
  }

  /** @throws HttpProblem */
  discardDeadLetter(request: ActRequest, caller: Caller): Promise<ActResponse> {
    return this.call<ActResponse>('discardDeadLetter', request, caller);
  }

  /** @throws HttpProblem */
  actOnDeadLetters(request: ActOnDeadLettersRequest, caller: Caller): Promise<ActsResponse> {
    return this.call<ActsResponse>('actOnDeadLetters', request, caller);
  }

  /** @throws HttpProblem */
  retryParkedPayIns(
    request: RetryParkedPayInsRequest,
    caller: Caller,
  ): Promise<RetryParkedPayInsResponse> {
    return this.call<RetryParkedPayInsResponse>('retryParkedPayIns', request, caller);
  }

  /** @throws HttpProblem */
  discardParkedPayIns(request: DiscardParkedPayInsRequest, caller: Caller): Promise<ActsResponse> {
    return this.call<ActsResponse>('discardParkedPayIns', request, caller);
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

  /** Those who wait for pay-outs are told now that the outcome is unknown. */
  abandonPayOuts(): void {
    this.payOuts.abandon();
  }

  async close(): Promise<void> {
    await this.payOuts.close();
    this.client.close();
  }

  private call<T>(
    method: string,
    request: object,
    caller: Caller,
    kind: CallKind = 'write',
  ): Promise<T> {
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
          else reject(toCoordinatorProblem(error, kind));
        },
      );
    });
  }
}
