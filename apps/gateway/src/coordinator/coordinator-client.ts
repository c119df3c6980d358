import {
  hasHold,
  hasPayOut,
  hasRefund,
  type AccountStateResponse,
  type ActOnDeadLettersRequest,
  type ActRequest,
  type ActResponse,
  type ActsResponse,
  type AuthorisedHold,
  type AuthoriseHoldRequest,
  type AuthoriseHoldResponse,
  type CapturedHold,
  type CaptureHoldRequest,
  type CaptureHoldResponse,
  type CorrectBalanceRequest,
  type CorrectBalanceResponse,
  type CorrectDeadLetterRequest,
  type CreateServiceRequest,
  type DeleteAccountRequest,
  type DeleteAccountResponse,
  type DiscardParkedPayInsRequest,
  type ExtendedHold,
  type ExtendHoldRequest,
  type ExtendHoldResponse,
  type FoundHold,
  type FreezeAccountRequest,
  type GetHoldRequest,
  type GetHoldResponse,
  type GetPayOutRequest,
  type GetPayOutResponse,
  type OpenAccountRequest,
  type OpenAccountResponse,
  type PaidOut,
  type PayOutRequest,
  type PreviewPayOutRequest,
  type PreviewPayOutResponse,
  type Refunded,
  type RefundCaptureRequest,
  type RefundPayOutRequest,
  type RefundPayOutResponse,
  type RetryParkedPayInsRequest,
  type RepriceServiceRequest,
  type RetireServiceRequest,
  type RetryParkedPayInsResponse,
  type ServiceResponse,
  type ThawAccountRequest,
  type VoidedHold,
  type VoidHoldRequest,
  type VoidHoldResponse,
  type WithHold,
  type WithPayOut,
} from '@billing/contracts';
import {
  callUnary,
  connectBilling,
  type BillingConnection,
  type ConnectionTls,
  type PreparedCall,
} from '@billing/grpc';
import type { Log } from '@billing/observability';
import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { explainConnectionFailure } from './connection-failure.js';
import { notUnderstood, toCoordinatorProblem, type CallKind } from './coordinator-problem.js';
import { PayOutStream, type PayOutStreamOptions } from './pay-out-stream.js';

/** On whose behalf a call is made. */
export interface Caller {
  readonly id: string;
  /** Where it is; undefined: its connection has just been lost. */
  readonly address: string | undefined;
  readonly headers: { readonly authorization?: string | undefined };
}

export interface CoordinatorOptions {
  readonly url: string;
  /** Undefined: in plain text. */
  readonly tls?: ConnectionTls | undefined;
  /** Of every call but pay-outs, which bring their own. */
  readonly deadlineMs: number;
}

const CHANNEL_OPTIONS = {
  // A coordinator that is back is found within a second.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 5_000,
};
const HEALTH_METHOD = '/grpc.health.v1.Health/Check';
const HEALTH_DEADLINE_MS = 1_000;
/** Beyond the deadline of a hold, for the coordinator's word on it. */
const ANSWER_MARGIN_MS = 1_000;
/** HealthCheckResponse { status: SERVING }, as bytes. */
const SERVING = Buffer.from([0x08, 0x01]);

/** This datacenter's coordinator. The caller's own token goes with each call. */
export class CoordinatorClient {
  private readonly connection: BillingConnection;
  private readonly payOuts: PayOutStream;
  private readonly log: Log;
  private lastFailure: string | undefined;

  constructor(
    private readonly options: CoordinatorOptions,
    payOuts: PayOutStreamOptions,
  ) {
    this.connection = connectBilling(options.url, CHANNEL_OPTIONS, options.tls);
    this.log = payOuts.log;
    this.payOuts = new PayOutStream(this.connection.billing, payOuts);
  }

  /** @throws HttpProblem */
  openAccount(request: OpenAccountRequest, caller: Caller): Promise<OpenAccountResponse> {
    const { billing } = this.connection;
    return this.call((...how) => billing.openAccount(request, ...how), caller);
  }

  /** @throws HttpProblem */
  deleteAccount(request: DeleteAccountRequest, caller: Caller): Promise<DeleteAccountResponse> {
    const { billing } = this.connection;
    return this.call((...how) => billing.deleteAccount(request, ...how), caller);
  }

  /** @throws HttpProblem */
  freezeAccount(request: FreezeAccountRequest, caller: Caller): Promise<AccountStateResponse> {
    const { billing } = this.connection;
    return this.call((...how) => billing.freezeAccount(request, ...how), caller);
  }

  /** @throws HttpProblem */
  thawAccount(request: ThawAccountRequest, caller: Caller): Promise<AccountStateResponse> {
    const { billing } = this.connection;
    return this.call((...how) => billing.thawAccount(request, ...how), caller);
  }

  /** @throws HttpProblem */
  correctBalance(request: CorrectBalanceRequest, caller: Caller): Promise<CorrectBalanceResponse> {
    const { operations } = this.connection;
    return this.call((...how) => operations.correctBalance(request, ...how), caller);
  }

  /** @throws HttpProblem */
  createService(request: CreateServiceRequest, caller: Caller): Promise<ServiceResponse> {
    const { billing } = this.connection;
    return this.call((...how) => billing.createService(request, ...how), caller);
  }

  /** @throws HttpProblem */
  repriceService(request: RepriceServiceRequest, caller: Caller): Promise<ServiceResponse> {
    const { billing } = this.connection;
    return this.call((...how) => billing.repriceService(request, ...how), caller);
  }

  /** @throws HttpProblem */
  retireService(request: RetireServiceRequest, caller: Caller): Promise<ServiceResponse> {
    const { billing } = this.connection;
    return this.call((...how) => billing.retireService(request, ...how), caller);
  }

  /** @throws HttpProblem */
  payOut(request: PayOutRequest, caller: Caller): Promise<PaidOut> {
    return this.payOuts.send(request, caller.headers.authorization ?? '');
  }

  /** @throws HttpProblem */
  async getPayOut(
    request: GetPayOutRequest,
    caller: Caller,
  ): Promise<WithPayOut<GetPayOutResponse>> {
    const { billing } = this.connection;
    const answer: GetPayOutResponse = await this.call(
      (...how) => billing.getPayOut(request, ...how),
      caller,
      'read',
    );
    if (!hasPayOut(answer)) throw notUnderstood();
    return answer;
  }

  /** @throws HttpProblem */
  async refundPayOut(request: RefundPayOutRequest, caller: Caller): Promise<Refunded> {
    const { billing } = this.connection;
    return withRefund(await this.call((...how) => billing.refundPayOut(request, ...how), caller));
  }

  /** @throws HttpProblem */
  async refundCapture(request: RefundCaptureRequest, caller: Caller): Promise<Refunded> {
    const { billing } = this.connection;
    return withRefund(await this.call((...how) => billing.refundCapture(request, ...how), caller));
  }

  /** @throws HttpProblem */
  previewPayOut(request: PreviewPayOutRequest, caller: Caller): Promise<PreviewPayOutResponse> {
    const { billing } = this.connection;
    return this.call((...how) => billing.previewPayOut(request, ...how), caller, 'read');
  }

  /** @throws HttpProblem */
  async authoriseHold(request: AuthoriseHoldRequest, caller: Caller): Promise<AuthorisedHold> {
    const { billing } = this.connection;
    const answer: AuthoriseHoldResponse = await this.call(
      (...how) => billing.authoriseHold(request, ...how),
      caller,
      'write',
      request.deadlineMs + ANSWER_MARGIN_MS,
    );
    return withHold(answer);
  }

  /** @throws HttpProblem */
  async captureHold(request: CaptureHoldRequest, caller: Caller): Promise<CapturedHold> {
    const { billing } = this.connection;
    const answer: CaptureHoldResponse = await this.call(
      (...how) => billing.captureHold(request, ...how),
      caller,
    );
    return withHold(answer);
  }

  /** @throws HttpProblem */
  async voidHold(request: VoidHoldRequest, caller: Caller): Promise<VoidedHold> {
    const { billing } = this.connection;
    const answer: VoidHoldResponse = await this.call(
      (...how) => billing.voidHold(request, ...how),
      caller,
    );
    return withHold(answer);
  }

  /** @throws HttpProblem */
  async extendHold(request: ExtendHoldRequest, caller: Caller): Promise<ExtendedHold> {
    const { billing } = this.connection;
    const answer: ExtendHoldResponse = await this.call(
      (...how) => billing.extendHold(request, ...how),
      caller,
    );
    return withHold(answer);
  }

  /** @throws HttpProblem */
  async getHold(request: GetHoldRequest, caller: Caller): Promise<FoundHold> {
    const { billing } = this.connection;
    const answer: GetHoldResponse = await this.call(
      (...how) => billing.getHold(request, ...how),
      caller,
      'read',
    );
    return withHold(answer);
  }

  /** @throws HttpProblem */
  replayDeadLetter(request: ActRequest, caller: Caller): Promise<ActResponse> {
    const { operations } = this.connection;
    return this.call((...how) => operations.replayDeadLetter(request, ...how), caller);
  }

  /** @throws HttpProblem */
  correctDeadLetter(request: CorrectDeadLetterRequest, caller: Caller): Promise<ActResponse> {
    const { operations } = this.connection;
    return this.call((...how) => operations.correctDeadLetter(request, ...how), caller);
  }

  /** @throws HttpProblem */
  discardDeadLetter(request: ActRequest, caller: Caller): Promise<ActResponse> {
    const { operations } = this.connection;
    return this.call((...how) => operations.discardDeadLetter(request, ...how), caller);
  }

  /** @throws HttpProblem */
  actOnDeadLetters(request: ActOnDeadLettersRequest, caller: Caller): Promise<ActsResponse> {
    const { operations } = this.connection;
    return this.call((...how) => operations.actOnDeadLetters(request, ...how), caller);
  }

  /** @throws HttpProblem */
  retryParkedPayIns(
    request: RetryParkedPayInsRequest,
    caller: Caller,
  ): Promise<RetryParkedPayInsResponse> {
    const { operations } = this.connection;
    return this.call((...how) => operations.retryParkedPayIns(request, ...how), caller);
  }

  /** @throws HttpProblem */
  discardParkedPayIns(request: DiscardParkedPayInsRequest, caller: Caller): Promise<ActsResponse> {
    const { operations } = this.connection;
    return this.call((...how) => operations.discardParkedPayIns(request, ...how), caller);
  }

  /** Why it cannot be used now, or undefined. The log is told when that changes. */
  async failure(): Promise<string | undefined> {
    const failure = await this.askHealth();
    if (failure === this.lastFailure) return failure;
    this.lastFailure = failure;
    if (failure === undefined) this.log.info('the coordinator can be used again');
    else this.log.warn({ reason: failure }, 'the coordinator cannot be used');
    return failure;
  }

  /** Those who wait for pay-outs are told now that the outcome is unknown. */
  abandonPayOuts(): void {
    this.payOuts.abandon();
  }

  async close(): Promise<void> {
    await this.payOuts.close();
    this.connection.close();
  }

  private askHealth(): Promise<string | undefined> {
    const isEncrypted = this.options.tls !== undefined;
    const asIs = (bytes: Buffer): Buffer => bytes;
    return new Promise((resolve) => {
      this.connection.billing.makeUnaryRequest(
        HEALTH_METHOD,
        asIs,
        asIs,
        Buffer.alloc(0),
        new Metadata(),
        { deadline: Date.now() + HEALTH_DEADLINE_MS },
        (error, answer) => {
          if (error !== null) resolve(explainConnectionFailure(error.details, isEncrypted));
          else resolve(answer?.equals(SERVING) === true ? undefined : 'it is not serving');
        },
      );
    });
  }

  private async call<Response>(
    call: PreparedCall<Response>,
    caller: Caller,
    kind: CallKind = 'write',
    leastMs = 0,
  ): Promise<Response> {
    const metadata = new Metadata();
    metadata.set('authorization', caller.headers.authorization ?? '');
    metadata.set('x-request-id', caller.id);
    // Believed where this gateway is one of the coordinator's trusted proxies.
    if (caller.address !== undefined) metadata.set('x-forwarded-for', caller.address);
    const deadline = Date.now() + Math.max(leastMs, this.options.deadlineMs);
    try {
      return await callUnary(call, metadata, { deadline });
    } catch (error) {
      throw toCoordinatorProblem(error as ServiceError, kind);
    }
  }
}

/** @throws HttpProblem an answer without its refund */
function withRefund(answer: RefundPayOutResponse): Refunded {
  if (!hasRefund(answer)) throw notUnderstood();
  return answer;
}

/** @throws HttpProblem an answer without its hold */
function withHold<A extends Parameters<typeof hasHold>[0]>(answer: A): WithHold<A> {
  if (!hasHold(answer)) throw notUnderstood();
  return answer;
}
