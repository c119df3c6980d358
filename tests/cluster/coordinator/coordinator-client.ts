import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { service as healthService } from 'grpc-health-check';
import {
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  decodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  OPERATIONS_PROTO_FILE,
  readStatusMessage,
  type CorrectBalanceRequest,
  type CorrectBalanceResponse,
  type DeleteAccountResponse,
  type GetPayOutResponse,
  type ListServicesResponse,
  type OpenAccountRequest,
  type OpenAccountResponse,
  type PayOutRequest,
  type PayOutResponse,
  type PayOutsRequest,
  type PayOutsResponse,
  type PreviewPayOutRequest,
  type PreviewPayOutResponse,
} from '@billing/contracts';

/** What a message looks like before the defaults. */
type PayOutsWritten = Partial<Omit<PayOutsRequest, 'request'>> & {
  readonly request?: Partial<PayOutRequest>;
};

/** One answer of a stream: the pay-out, or the reason why not. */
export interface PayOutsAnswer {
  readonly sequence: number;
  readonly response: PayOutResponse | undefined;
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A stream of pay-outs and everything that came back, in order of arrival. */
export class PayOutsClient {
  readonly answers: PayOutsAnswer[] = [];
  /** How it ended: OK, or a status code. */
  readonly ended: Promise<string>;
  private onAnswer: (() => void) | undefined;

  constructor(private readonly stream: grpc.ClientDuplexStream<PayOutsWritten, PayOutsResponse>) {
    stream.on('data', (answer: PayOutsResponse) => {
      const error = answer.error ? readStatusMessage(answer.error) : undefined;
      this.answers.push({
        sequence: answer.sequence,
        response: answer.response ?? undefined,
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

  write(sequence: number, request?: Partial<PayOutRequest>, authorization = ''): void {
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

type Callback = (error: grpc.ServiceError | null, answer: unknown) => void;
type Method = (
  request: object,
  metadata: grpc.Metadata,
  options: grpc.CallOptions,
  callback: Callback,
) => void;

type Stub = grpc.Client & Record<string, Method>;

/** A client of billing.v1 as a service in another team would write it. */
export class CoordinatorClient {
  private readonly stub: Stub;
  private readonly operations: Stub;

  constructor(
    address: string,
    private readonly token: string | undefined,
    private readonly deadlineMs = 10_000,
  ) {
    const files = [BILLING_PROTO_FILE, OPERATIONS_PROTO_FILE];
    const loaded = grpc.loadPackageDefinition(loadSync(files, BILLING_PROTO_OPTIONS));
    const { v1 } = loaded['billing'] as {
      v1: Record<'Billing' | 'Operations', grpc.ServiceClientConstructor>;
    };
    const stubOf = (Service: grpc.ServiceClientConstructor): Stub =>
      new Service(address, grpc.credentials.createInsecure(), {
        'grpc.max_reconnect_backoff_ms': 200,
        'grpc.initial_reconnect_backoff_ms': 50,
      }) as unknown as Stub;
    this.stub = stubOf(v1.Billing);
    this.operations = stubOf(v1.Operations);
  }

  openAccount(request: Partial<OpenAccountRequest>): Promise<OpenAccountResponse> {
    return this.call('openAccount', request);
  }

  /** With a reason: whatever is in it. */
  deleteAccount(accountId: string, reason?: string): Promise<DeleteAccountResponse> {
    return this.call('deleteAccount', { accountId, force: reason !== undefined, reason });
  }

  correctBalance(request: Partial<CorrectBalanceRequest>): Promise<CorrectBalanceResponse> {
    return this.call('correctBalance', request, this.operations);
  }

  listServices(): Promise<ListServicesResponse> {
    return this.call('listServices', {});
  }

  payOut(request: Partial<PayOutRequest>): Promise<PayOutResponse> {
    return this.call('payOut', request);
  }

  getPayOut(payOutId: string): Promise<GetPayOutResponse> {
    return this.call('getPayOut', { payOutId });
  }

  previewPayOut(request: Partial<PreviewPayOutRequest>): Promise<PreviewPayOutResponse> {
    return this.call('previewPayOut', request);
  }

  /** Opens a stream of pay-outs. */
  payOuts(): PayOutsClient {
    const stub = this.stub as unknown as {
      payOuts(metadata: grpc.Metadata): grpc.ClientDuplexStream<PayOutsWritten, PayOutsResponse>;
    };
    return new PayOutsClient(stub.payOuts(this.metadata()));
  }

  close(): void {
    this.stub.close();
    this.operations.close();
  }

  private metadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    if (this.token !== undefined) metadata.set('authorization', `Bearer ${this.token}`);
    return metadata;
  }

  private call<T>(method: string, request: object, stub = this.stub): Promise<T> {
    const options = { deadline: Date.now() + this.deadlineMs };
    return new Promise<T>((resolve, reject) => {
      stub[method]!(request, this.metadata(), options, (error, answer) =>
        error ? reject(error) : resolve(answer as T),
      );
    });
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

/** What a server's health service says of one of its services. */
export async function healthOf(address: string, service: string): Promise<string> {
  const Client = grpc.makeClientConstructor(healthService, 'Health');
  const client = new Client(address, grpc.credentials.createInsecure());
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
