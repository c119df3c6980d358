import type { CoordinatorConnection } from '@billing/cluster';
import * as grpc from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import {
  decodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  hasPayOut,
  hasRefund,
  readStatusMessage,
  type AccountStateResponse,
  type CorrectBalanceRequestInput,
  type CorrectBalanceResponse,
  type DeleteAccountResponse,
  type FreezeAccountRequestInput,
  type GetPayOutResponse,
  type ListServicesResponse,
  type OpenAccountRequestInput,
  type OpenAccountResponse,
  type PaidOut,
  type PayOutRequestInput,
  type PayOutResponse,
  type PayOutsRequestInput,
  type PayOutsResponse,
  type PreviewPayOutRequestInput,
  type PreviewPayOutResponse,
  type Refunded,
  type RefundPayOutRequestInput,
  type RefundPayOutResponse,
  type WithPayOut,
} from '@billing/contracts';
import {
  callUnary,
  connectBilling,
  type BillingConnection,
  type PreparedCall,
} from '@billing/grpc';

/** One answer of a stream: the pay-out, or the reason why not. */
export interface PayOutsAnswer {
  readonly sequence: number;
  readonly response: PaidOut | undefined;
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A stream of pay-outs and everything that came back, in order of arrival. */
export class PayOutsClient {
  readonly answers: PayOutsAnswer[] = [];
  /** How it ended: OK, or a status code. */
  readonly ended: Promise<string>;
  private onAnswer: (() => void) | undefined;

  constructor(
    private readonly stream: grpc.ClientDuplexStream<PayOutsRequestInput, PayOutsResponse>,
  ) {
    stream.on('data', (answer: PayOutsResponse) => {
      const error = answer.error ? readStatusMessage(answer.error) : undefined;
      const { response } = answer;
      this.answers.push({
        sequence: answer.sequence,
        response: response && hasPayOut(response) ? response : undefined,
        reason: error?.reason,
        metadata: error?.metadata ?? {},
      });
      this.onAnswer?.();
    });
    stream.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      stream.on('status', ({ code }: grpc.StatusObject) => resolve(grpc.status[code]!));
    });
  }

  write(sequence: number, request?: PayOutRequestInput, authorization = ''): void {
    this.stream.write({ sequence, authorization, ...(request === undefined ? {} : { request }) });
  }

  /** All answers once there are so many. */
  async answered(count: number): Promise<readonly PayOutsAnswer[]> {
    while (this.answers.length < count) {
      await new Promise<void>((resolve) => (this.onAnswer = resolve));
    }
    return this.answers;
  }

  /** Sends no more; what was sent is answered. */
  halfClose(): void {
    this.stream.end();
  }

  cancel(): void {
    this.stream.cancel();
  }
}

/** What a refused call said: its status code and the details in its trailer. */
export interface Refusal {
  readonly code: string;
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Where what was answered stands (docs/positions.md). */
export const aPosition: unknown = expect.stringMatching(/^\d+\.\d+:\d+(,\d+\.\d+:\d+)*$/);

/** A client of billing.v1 as a service in another team would write it. */
export class CoordinatorClient {
  private readonly connection: BillingConnection;

  constructor(
    { address, tls }: CoordinatorConnection,
    readonly token: string | undefined,
    private readonly deadlineMs = 10_000,
  ) {
    const backoff = {
      'grpc.max_reconnect_backoff_ms': 200,
      'grpc.initial_reconnect_backoff_ms': 50,
    };
    this.connection = connectBilling(address, backoff, tls);
  }

  openAccount(request: OpenAccountRequestInput): Promise<OpenAccountResponse> {
    return this.call((...how) => this.connection.billing.openAccount(request, ...how));
  }

  /** With a reason: whatever is in it. */
  deleteAccount(accountId: string, reason?: string): Promise<DeleteAccountResponse> {
    const request = { accountId, force: reason !== undefined, reason: reason ?? '' };
    return this.call((...how) => this.connection.billing.deleteAccount(request, ...how));
  }

  freezeAccount(request: FreezeAccountRequestInput): Promise<AccountStateResponse> {
    return this.call((...how) => this.connection.billing.freezeAccount(request, ...how));
  }

  thawAccount(request: FreezeAccountRequestInput): Promise<AccountStateResponse> {
    return this.call((...how) => this.connection.billing.thawAccount(request, ...how));
  }

  correctBalance(request: CorrectBalanceRequestInput): Promise<CorrectBalanceResponse> {
    return this.call((...how) => this.connection.operations.correctBalance(request, ...how));
  }

  listServices(): Promise<ListServicesResponse> {
    return this.call((...how) => this.connection.billing.listServices({}, ...how));
  }

  async payOut(request: PayOutRequestInput): Promise<PaidOut> {
    const answer: PayOutResponse = await this.call((...how) =>
      this.connection.billing.payOut(request, ...how),
    );
    if (!hasPayOut(answer)) throw new Error('an answer without its pay-out');
    return answer;
  }

  async refundPayOut(request: RefundPayOutRequestInput): Promise<Refunded> {
    const answer: RefundPayOutResponse = await this.call((...how) =>
      this.connection.billing.refundPayOut(request, ...how),
    );
    if (!hasRefund(answer)) throw new Error('an answer without its refund');
    return answer;
  }

  async getPayOut(payOutId: string): Promise<WithPayOut<GetPayOutResponse>> {
    const answer: GetPayOutResponse = await this.call((...how) =>
      this.connection.billing.getPayOut({ payOutId }, ...how),
    );
    if (!hasPayOut(answer)) throw new Error('an answer without its pay-out');
    return answer;
  }

  previewPayOut(request: PreviewPayOutRequestInput): Promise<PreviewPayOutResponse> {
    return this.call((...how) => this.connection.billing.previewPayOut(request, ...how));
  }

  /** Opens a stream of pay-outs. */
  payOuts(): PayOutsClient {
    return new PayOutsClient(this.connection.billing.payOuts(this.metadata()));
  }

  close(): void {
    this.connection.close();
  }

  private metadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    if (this.token !== undefined) metadata.set('authorization', `Bearer ${this.token}`);
    return metadata;
  }

  private call<Response>(call: PreparedCall<Response>): Promise<Response> {
    return callUnary(call, this.metadata(), { deadline: Date.now() + this.deadlineMs });
  }
}

/** What a call was refused with. @throws when it was not refused */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const { code, details, metadata } = error as grpc.ServiceError;
    const [trailer] = metadata?.get(ERROR_DETAILS_TRAILER) ?? [];
    const said = trailer instanceof Buffer ? decodeErrorDetails(trailer) : undefined;
    return {
      code: grpc.status[code] ?? String(error),
      reason: said?.reason,
      metadata: said?.metadata ?? {},
      message: details,
    };
  }
  throw new Error('the call was not refused');
}

/** Of any client of gRPC: what a coordinator wants to see of it. */
export function credentialsFor(tls: CoordinatorConnection['tls']): grpc.ChannelCredentials {
  if (tls === undefined) return grpc.credentials.createInsecure();
  const [ca, key, cert] = [tls.ca, tls.key, tls.cert].map((pem) => Buffer.from(pem));
  return grpc.credentials.createSsl(ca, key, cert);
}

/** What a server's health service says of one of its services. */
export async function healthOf(
  { address, tls }: CoordinatorConnection,
  service: string,
): Promise<string> {
  const Client = grpc.makeClientConstructor(healthService, 'Health');
  const client = new Client(address, credentialsFor(tls));
  try {
    return await new Promise<string>((resolve, reject) =>
      client['check']!(
        { service },
        (error: grpc.ServiceError | null, answer: { status: string }) =>
          error ? reject(error) : resolve(answer.status),
      ),
    );
  } finally {
    client.close();
  }
}
