import type { PayOutRequestInput } from '@billing/contracts';
import {
  CoordinatorClient,
  PayOutsClient,
  refusalOf,
  type PayOutsAnswer,
} from '../coordinator/coordinator-client.js';
import { leaksIn, toMinor, type ShadowBook } from './shadow-book.js';
import { shadowTokenOf } from './shadow-tokens.js';

/** Said before anything was done, or in place of it. */
const notDone = new Set([
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_DELETED',
  'CURRENCY_MISMATCH',
  'IDEMPOTENCY_CONFLICT',
  'INSUFFICIENT_FUNDS',
  'INSUFFICIENT_LOCAL_FUNDS',
  'INVALID_REQUEST',
]);
const passing = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'ABORTED']);

/** Over the same connection, with the shadow's token. Undefined: the client is not the first tenant's. */
function shadowOf(client: CoordinatorClient): CoordinatorClient | undefined {
  const token = shadowTokenOf(client.token);
  if (token === undefined) return undefined;
  return Object.create(client, { token: { value: token } }) as CoordinatorClient;
}

const { openAccount, deleteAccount, correctBalance, payOut, getPayOut, previewPayOut, payOuts } =
  CoordinatorClient.prototype;

/** Repeats, as the shadow, what the first asked of coordinators. */
export class ShadowGrpc {
  constructor(private readonly book: ShadowBook) {}

  install(): void {
    this.installAccounts();
    this.installPayOuts();
  }

  private installAccounts(): void {
    const { book } = this;
    const { prototype } = CoordinatorClient;
    const shadowed = this.shadowed.bind(this);
    prototype.openAccount = shadowed(openAccount, async (shadow, { accountId }, request) => {
      const twin = (await openAccount.call(shadow, request)).accountId;
      if (book.own.has(twin)) return;
      book.pair(accountId, twin);
      const { initialBalance, currency } = request;
      book.bring(twin, toMinor(initialBalance || '0', currency || 'USD') ?? 0n);
    });
    prototype.deleteAccount = shadowed(deleteAccount, async (shadow, _, accountId, reason) => {
      await this.expectUnknown('delete', deleteAccount.call(shadow, accountId, reason), accountId);
      const twin = book.twins.get(accountId);
      if (twin !== undefined) await deleteAccount.call(shadow, twin, reason);
    });
    prototype.correctBalance = shadowed(correctBalance, async (shadow, _, request) => {
      await book.beforeKey(`correct ${request.idempotencyKey}`, () =>
        this.expectUnknown('correct', correctBalance.call(shadow, request), request.accountId),
      );
      const twin = book.twins.get(request.accountId ?? '');
      if (twin === undefined) return;
      const done = await correctBalance.call(shadow, { ...request, accountId: twin });
      const minor = toMinor(request.amount, request.currency);
      book.paid(twin, done.correctionId, -(minor ?? 0n));
    });
  }

  private installPayOuts(): void {
    const { book } = this;
    const { prototype } = CoordinatorClient;
    prototype.payOut = this.shadowed(payOut, async (shadow, answer, request) => {
      book.seeFirst(answer.payOut.payOutId, 'payOut');
      await this.payOutAs(shadow, request, true);
    });
    prototype.getPayOut = this.shadowed(getPayOut, async (shadow, _, payOutId) => {
      book.seeFirst(payOutId, 'payOut');
      await this.expectUnknown('getPayOut', getPayOut.call(shadow, payOutId), payOutId);
    });
    prototype.previewPayOut = this.shadowed(previewPayOut, async (shadow, _, request) => {
      await this.expectUnknown(
        'previewPayOut',
        previewPayOut.call(shadow, request),
        request.accountId,
      );
    });
    const payOutAs = this.payOutAs.bind(this);
    prototype.payOuts = function (this: CoordinatorClient) {
      const stream = payOuts.call(this);
      const shadow = shadowOf(this);
      return shadow === undefined
        ? stream
        : new ShadowedStream(stream, (answer, request) => {
            if (answer.response) book.seeFirst(answer.response.payOut.payOutId, 'payOut');
            void book.act(() => payOutAs(shadow, request, answer.response !== undefined));
          }).stream;
    };
  }

  /** From the first's account, which is not there; and from its own. */
  private async payOutAs(
    shadow: CoordinatorClient,
    request: PayOutRequestInput,
    isPaid: boolean,
  ): Promise<void> {
    const { book } = this;
    await book.beforeKey(`pay out ${request.idempotencyKey}`, async () => {
      if (!isPaid) return;
      await this.expectUnknown('payOut', payOut.call(shadow, request), request.accountId);
    });
    const twin = book.twins.get(request.accountId ?? '');
    if (twin === undefined) return;
    const minor = toMinor(request.amount, request.currency) ?? 0n;
    const call = payOut.call(shadow, { ...request, accountId: twin });
    const paid = await call.then(
      (answer) => answer.payOut,
      () => undefined,
    );
    if (paid === undefined) {
      const { code, reason, metadata } = await refusalOf(call);
      if (!notDone.has(reason ?? '') && code !== 'INVALID_ARGUMENT') book.doubt(twin, minor);
      this.expectNothingOfFirst('payOut', metadata, '');
    } else {
      if (paid.accountId !== twin) book.violation(`gRPC paid from ${paid.accountId} as the shadow`);
      book.paid(twin, paid.payOutId, minor);
    }
  }

  /** After what the first was answered, as the shadow. */
  private shadowed<Args extends unknown[], Answer>(
    original: (this: CoordinatorClient, ...args: Args) => Promise<Answer>,
    then: (shadow: CoordinatorClient, answer: Answer, ...args: Args) => Promise<void>,
  ): (this: CoordinatorClient, ...args: Args) => Promise<Answer> {
    const { book } = this;
    return async function (this: CoordinatorClient, ...args: Args) {
      const answer = await original.call(this, ...args);
      const shadow = shadowOf(this);
      if (shadow !== undefined) await book.act(() => then(shadow, answer, ...args));
      return answer;
    };
  }

  private async expectUnknown(what: string, call: Promise<unknown>, asked = ''): Promise<void> {
    const answer = await call.then(
      (told) => ({ told }),
      () => undefined,
    );
    if (answer !== undefined) {
      this.book.violation(`gRPC ${what} of the first's is done as the shadow`);
      return;
    }
    const { code, metadata } = await refusalOf(call);
    if (passing.has(code)) this.book.unanswered += 1;
    else if (code !== 'NOT_FOUND') this.book.violation(`gRPC ${what} of the first's is ${code}`);
    this.expectNothingOfFirst(what, metadata, asked);
  }

  private expectNothingOfFirst(
    what: string,
    metadata: Readonly<Record<string, string>>,
    asked: string,
  ): void {
    // Numbers of nodes look like ids of accounts.
    const ids = [metadata['pay_out_id'], metadata['account_id'], metadata['correction_id']];
    for (const leak of leaksIn(this.book, ids, asked)) {
      this.book.violation(`gRPC ${what} tells the shadow the first's ${leak}`);
    }
  }
}

/** A stream of which each answered request is told. */
class ShadowedStream {
  private readonly requests = new Map<number, PayOutRequestInput>();

  constructor(
    readonly stream: PayOutsClient,
    private readonly onAnswer: (answer: PayOutsAnswer, request: PayOutRequestInput) => void,
  ) {
    const write = stream.write.bind(stream);
    stream.write = (sequence, request, authorization = '') => {
      // With a token of its own it may be of anybody.
      if (request !== undefined && authorization === '') this.requests.set(sequence, request);
      write(sequence, request, authorization);
    };
    const push = stream.answers.push.bind(stream.answers);
    stream.answers.push = (...answers) => {
      for (const answer of answers) this.hear(answer);
      return push(...answers);
    };
  }

  private hear(answer: PayOutsAnswer): void {
    const request = this.requests.get(answer.sequence);
    this.requests.delete(answer.sequence);
    if (request !== undefined) this.onAnswer(answer, request);
  }
}
