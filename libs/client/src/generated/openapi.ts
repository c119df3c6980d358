// Generated from docs/openapi.json by `npm run generate`: change what the gateway says instead.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    readonly AcceptedPayIn: {
      readonly commandId: components['schemas']['Uuid'];
      /** @constant */
      readonly status: 'accepted';
      readonly receipt: string;
      /** @description Where it can be asked for, at the gateway that took it. */
      readonly statusUrl: string;
    };
    readonly Account: {
      readonly accountId: components['schemas']['AccountId'];
      /**
       * @deprecated
       * @description The same as accountId, for one more version.
       */
      readonly id: string;
      readonly username: string;
      readonly currency: string;
      readonly deleted: boolean;
      /**
       * @description frozen: its debits, its credits, or both.
       * @enum {unknown}
       */
      readonly state: 'open' | 'frozen' | 'deleted';
      /** @description Nothing is paid out, charged or held. */
      readonly debitsFrozen: boolean;
      /** @description Pay-ins wait. */
      readonly creditsFrozen: boolean;
      /** @description Of the datacenter that opened it. */
      readonly homeNode: number;
      /** Format: date-time */
      readonly createdAt: string;
      readonly tenant: string;
    };
    /** @description The account was deleted. Nothing can be paid out of it or in to it any more. */
    readonly AccountDeletedProblem: {
      /** @constant */
      readonly type: '/problems/account-deleted';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly accountId?: components['schemas']['AccountId'];
    };
    /** @description Nothing is paid out of the account, charged or held now: its debits are frozen. */
    readonly AccountFrozenProblem: {
      /** @constant */
      readonly type: '/problems/account-frozen';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly accountId?: components['schemas']['AccountId'];
    };
    /** @description A decimal string from 1 to 2^63-1. */
    readonly AccountId: string;
    /** @description The account that is to be deleted has money, or may have some where nobody answers. */
    readonly AccountNotEmptyProblem: {
      /** @constant */
      readonly type: '/problems/account-not-empty';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly accountId?: components['schemas']['AccountId'];
      readonly left?: components['schemas']['Sum'];
    };
    readonly AccountOpening: {
      /** @description Not unique. */
      readonly username: string;
      readonly currency?: components['schemas']['Currency'];
      readonly initialBalance?: components['schemas']['Amount'] | null;
    };
    readonly AccountOperation: {
      /** @description pay_in, pay_out, charge, hold, refund, correction, deposit, opening or transfer; there may be more. */
      readonly type: string;
      readonly operationId: components['schemas']['Uuid'];
      readonly commandId?: components['schemas']['Uuid'];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
      readonly refundId?: components['schemas']['Uuid'];
      readonly captureId?: components['schemas']['Uuid'];
      readonly correctionId?: components['schemas']['Uuid'];
      /** @description pending, committed, rejected, reversed, open, voided or over; absent of a hold where its home alone knows. */
      readonly status?: string;
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
      /** Format: date-time */
      readonly at: string;
      readonly reference?: string;
      readonly metadata?: components['schemas']['Metadata'];
      readonly charge?: components['schemas']['Charge'];
      readonly captured?: components['schemas']['Sum'];
      readonly refunded?: components['schemas']['Sum'];
      readonly duplicateOf?: components['schemas']['Uuid'];
      /** @description What it did to the part of each datacenter, as far as that has arrived here. */
      readonly entries: readonly components['schemas']['OperationEntry'][];
    };
    readonly AccountOperationPage: {
      readonly operations: readonly components['schemas']['AccountOperation'][];
      readonly nextCursor: string | null;
    };
    readonly AccountPage: {
      readonly accounts: readonly components['schemas']['Account'][];
      readonly nextCursor: string | null;
    };
    readonly AccountStateChange: {
      /**
       * @description debits: what goes out; credits: what comes in.
       * @enum {unknown}
       */
      readonly sides: 'debits' | 'credits' | 'both';
      readonly reason?: string | null;
    };
    readonly Act: {
      readonly id: string;
      readonly act: string;
      readonly result: string | null;
      /** @enum {unknown} */
      readonly objectType: 'account' | 'message' | 'partition';
      readonly objectId: string;
      readonly tenant: string | null;
      readonly client: string;
      readonly address: string | null;
      /** Format: date-time */
      readonly at: string;
      readonly note: string | null;
      readonly before: Record<string, unknown> | null;
      readonly after: Record<string, unknown> | null;
    };
    readonly ActPage: {
      readonly items: readonly components['schemas']['Act'][];
      readonly nextCursor: string | null;
    };
    readonly ActResult: {
      readonly id: components['schemas']['MessageName'];
      /** @description applied, duplicate, parked, discarded or refused; there may be more. */
      readonly result: string;
      /** @description Of a refusal. */
      readonly reason?: string;
      readonly detail?: string;
    };
    readonly ActResults: {
      readonly results: readonly components['schemas']['ActResult'][];
    };
    /** @description Somebody has done something else about this dead letter before. */
    readonly AlreadyResolvedProblem: {
      /** @constant */
      readonly type: '/problems/already-resolved';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly id?: string;
      readonly act?: string;
      readonly client?: string;
      /** Format: date-time */
      readonly at?: string;
    };
    /** @description Major units as a decimal string, above zero, at most 10^15 minor units, and with no more decimals than the currency has. */
    readonly Amount: string;
    readonly Audit: {
      readonly node: number;
      readonly runs: readonly components['schemas']['AuditRun'][];
      readonly faults: readonly components['schemas']['AuditFault'][];
      readonly total: number;
      readonly moneyOfDeleted: readonly components['schemas']['MoneyOfDeleted'][];
      readonly moneyOfDeletedTotal: number;
    };
    readonly AuditFault: {
      readonly check: string;
      readonly node: number;
      readonly accountId: string | null;
      readonly subject: string;
      /** @description In minor units. */
      readonly expectedMinor: string;
      /** @description In minor units. */
      readonly foundMinor: string;
      readonly detail: string;
      /** Format: date-time */
      readonly firstSeenAt: string;
      /** Format: date-time */
      readonly lastSeenAt: string;
      readonly resolvedAt: string | null;
    };
    readonly AuditRun: {
      readonly walk: string;
      /** @enum {unknown} */
      readonly status: 'checked' | 'unreachable' | 'behind';
      /** Format: date-time */
      readonly beganAt: string;
      /** Format: date-time */
      readonly steppedAt: string;
      readonly completedAt: string | null;
      readonly checked: string;
    };
    readonly Balance: {
      readonly accountId: components['schemas']['AccountId'];
      readonly currency: string;
      readonly deleted: boolean;
      readonly total: components['schemas']['Sum'];
      readonly spendable: components['schemas']['Sum'];
      readonly reserved: components['schemas']['Sum'];
      readonly held: components['schemas']['Sum'];
      readonly stranded: components['schemas']['Sum'];
      readonly heldStranded: components['schemas']['Sum'];
      readonly clawback: components['schemas']['Sum'];
      readonly parts: readonly components['schemas']['BalancePart'][];
    };
    readonly BalanceCorrection: {
      readonly amount: components['schemas']['SignedAmount'];
      readonly currency: components['schemas']['Currency'];
      readonly reason: string;
    };
    /** @description The part would exceed what can be kept of one account. Nothing was changed. */
    readonly BalanceLimitProblem: {
      /** @constant */
      readonly type: '/problems/balance-limit';
      readonly title: string;
      /** @constant */
      readonly status: 422;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly accountId?: components['schemas']['AccountId'];
    };
    readonly BalancePart: {
      readonly node: number;
      /** @description Exact; others are replicas. */
      readonly own: boolean;
      readonly reachable: boolean;
      readonly balance: components['schemas']['Sum'];
      readonly reserved: components['schemas']['Sum'];
      readonly held: components['schemas']['Sum'];
      /** @description All that its node had committed by then is in it; null: it is not known here. */
      readonly asOf: string | null;
    };
    /** @description The body is larger than the call takes. Nothing was done. */
    readonly BodyTooLargeProblem: {
      /** @constant */
      readonly type: '/problems/body-too-large';
      readonly title: string;
      /** @constant */
      readonly status: 413;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    readonly BulkAnswer: {
      readonly accepted: number;
      readonly rejected: number;
      readonly unavailable: number;
      readonly results: readonly components['schemas']['BulkResult'][];
    };
    readonly BulkChargeOrder: {
      readonly accountId: components['schemas']['AccountId'];
      readonly serviceId: components['schemas']['ServiceId'];
      readonly quantity: components['schemas']['Quantity'];
      readonly drain?: ('any' | 'local_only') | null;
      readonly reference?: string | null;
      readonly metadata?: components['schemas']['Metadata'] | null;
      readonly deadlineMs?: number | null;
      readonly idempotencyKey: string;
      readonly home?: string | null;
    };
    readonly BulkPayOutOrder: {
      readonly accountId: components['schemas']['AccountId'];
      readonly amount?: components['schemas']['ExactAmount'] | null;
      readonly upTo?: components['schemas']['UpTo'] | null;
      readonly minimum?: components['schemas']['Minimum'] | null;
      readonly currency: components['schemas']['Currency'];
      readonly drain?: ('any' | 'local_only') | null;
      readonly reference?: string | null;
      readonly metadata?: components['schemas']['Metadata'] | null;
      readonly deadlineMs?: number | null;
      readonly idempotencyKey: string;
      readonly home?: string | null;
    };
    readonly BulkPayOutResult: {
      readonly index: number;
      /** @description As a single one is answered: 201, or that of the problem. */
      readonly status: number;
      /** @description An earlier request under its key made it. */
      readonly replayed?: boolean;
      /** @description As Billing-Position has it. */
      readonly position?: string;
      /** @description Of the last one: nothing from this index on was taken. */
      readonly rest?: boolean;
      /** @description The pay-out, or the problem. */
      readonly body: components['schemas']['PayOut'] | Record<string, unknown>;
    };
    /** @description Of the item at the place index of the request. */
    readonly BulkResult:
      | {
          readonly index: number;
          readonly commandId: components['schemas']['Uuid'];
          /** @constant */
          readonly status: 'accepted';
          readonly receipt: string;
          /** @description Where it can be asked for, at the gateway that took it. */
          readonly statusUrl: string;
        }
      | {
          readonly index: number;
          /**
           * @description rejected: as it is, it will never be taken; unavailable: send it again with its commandId.
           * @enum {unknown}
           */
          readonly status: 'rejected' | 'unavailable';
          readonly commandId?: components['schemas']['Uuid'];
          /** @description A problem, without instance and requestId. */
          readonly error: Record<string, unknown>;
        };
    readonly Bytes: {
      readonly base64: string;
      /** @description Null unless it is UTF-8. */
      readonly text: string | null;
    };
    readonly Capture: {
      readonly captureId: components['schemas']['Uuid'];
      readonly captured: components['schemas']['Sum'];
      readonly unknown: components['schemas']['Sum'];
      readonly over: components['schemas']['Sum'];
      readonly refunded?: components['schemas']['Sum'];
      readonly parts: readonly components['schemas']['CapturePart'][];
      readonly hold: components['schemas']['Hold'];
    };
    readonly CaptureOrder: {
      readonly amount: components['schemas']['Amount'];
      readonly currency: components['schemas']['Currency'];
      readonly reference?: string | null;
      readonly metadata?: components['schemas']['Metadata'] | null;
    };
    readonly CapturePart: {
      readonly node: number;
      readonly captured: components['schemas']['Sum'];
      readonly unknown: components['schemas']['Sum'];
      readonly over: components['schemas']['Sum'];
    };
    readonly CaptureRefund: {
      readonly refundId: components['schemas']['Uuid'];
      readonly holdId: components['schemas']['Uuid'];
      readonly captureId: components['schemas']['Uuid'];
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
      readonly refunded: components['schemas']['Sum'];
      readonly remaining: components['schemas']['Sum'];
      readonly reference?: string;
      readonly metadata?: components['schemas']['Metadata'];
      /** Format: date-time */
      readonly createdAt: string;
    };
    readonly ChangedAccountState: {
      readonly accountId: components['schemas']['AccountId'];
      /**
       * @description frozen: its debits, its credits, or both.
       * @enum {unknown}
       */
      readonly state: 'open' | 'frozen' | 'deleted';
      readonly debitsFrozen: boolean;
      readonly creditsFrozen: boolean;
      /** @description Nothing that is frozen is begun there from now on. */
      readonly confirmed: readonly number[];
      /** @description Goes on as before until it hears of it; the same request under the same key asks again. */
      readonly unconfirmed: readonly number[];
    };
    /** @description Of a charge, with the price that was used. */
    readonly Charge: {
      readonly serviceId: components['schemas']['ServiceId'];
      readonly quantity: components['schemas']['Quantity'];
      readonly price: components['schemas']['Price'];
      readonly unit?: string;
    };
    readonly ChargeOrder: {
      readonly accountId: components['schemas']['AccountId'];
      readonly serviceId: components['schemas']['ServiceId'];
      readonly quantity: components['schemas']['Quantity'];
      readonly drain?: ('any' | 'local_only') | null;
      readonly reference?: string | null;
      readonly metadata?: components['schemas']['Metadata'] | null;
      readonly deadlineMs?: number | null;
    };
    /** @description Others held the money of this account until the deadline, so that nobody knows whether it covers the amount. Nothing was paid. */
    readonly ContendedProblem: {
      /** @constant */
      readonly type: '/problems/contended';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
    };
    readonly Correction: {
      readonly correctionId: components['schemas']['Uuid'];
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
      readonly reason: string;
      /** @description Of this part after it; of a repeat, as it is now. */
      readonly balance: string;
    };
    /**
     * @description ISO 4217, list one.
     * @enum {string}
     */
    readonly Currency: string;
    /** @description The account is kept in another currency. Nothing was paid. */
    readonly CurrencyMismatchProblem: {
      /** @constant */
      readonly type: '/problems/currency-mismatch';
      readonly title: string;
      /** @constant */
      readonly status: 422;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly accountId?: components['schemas']['AccountId'];
      readonly accountCurrency?: string;
    };
    /** @description dc1 to dc63. */
    readonly Datacenter: string;
    /** @description The other datacenter whose answer was asked for is silent. An act may be done or not. */
    readonly DatacenterUnreachableProblem: {
      /** @constant */
      readonly type: '/problems/datacenter-unreachable';
      readonly title: string;
      /** @constant */
      readonly status: 503;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly node?: number;
    };
    /** @description It could not be decided in time. Nothing was paid, or the answer was not there in time. */
    readonly DeadlineExceededProblem: {
      /** @constant */
      readonly type: '/problems/deadline-exceeded';
      readonly title: string;
      /** @constant */
      readonly status: 504;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
    };
    /** @description Major units as a decimal string, above zero, at most 10^15 minor units, and with no more decimals than the currency has. It is said, unless upTo is. */
    readonly ExactAmount: string;
    /** @description The header Expect asks for something else than 100-continue. */
    readonly ExpectationFailedProblem: {
      /** @constant */
      readonly type: '/problems/expectation-failed';
      readonly title: string;
      /** @constant */
      readonly status: 417;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    readonly ExtendedHold: {
      readonly parts: readonly components['schemas']['ExtendedPart'][];
      readonly hold: components['schemas']['Hold'];
    };
    readonly ExtendedPart: {
      readonly node: number;
      readonly heldUntil: string | null;
      readonly over: boolean;
    };
    readonly FieldViolation: {
      readonly field: string;
      readonly message: string;
    };
    /** @description The headers are larger than 16 KiB together. */
    readonly HeadersTooLargeProblem: {
      /** @constant */
      readonly type: '/problems/headers-too-large';
      readonly title: string;
      /** @constant */
      readonly status: 431;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    readonly History: {
      /** @enum {unknown} */
      readonly metric: 'lag_seconds' | 'lag_messages' | 'arriving' | 'applied' | 'pay_outs';
      readonly stepSeconds: number;
      readonly series: readonly {
        readonly node: number;
        readonly fault: string | null;
        /** @enum {unknown} */
        readonly metric?: 'lag_seconds' | 'lag_messages' | 'arriving' | 'applied' | 'pay_outs';
        /** Format: date-time */
        readonly since?: string;
        readonly stepSeconds?: number;
        /** @description Milliseconds since 1970, and the highest value of the step; null: not known. */
        readonly points?: readonly (readonly (number | null)[])[];
      }[];
    };
    readonly Hold: {
      readonly holdId: components['schemas']['Uuid'];
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
      /** @enum {unknown} */
      readonly status: 'pending' | 'rejected' | 'open' | 'voided' | 'over';
      readonly captured: components['schemas']['Sum'];
      readonly unknown: components['schemas']['Sum'];
      readonly held: components['schemas']['Sum'];
      readonly returned: components['schemas']['Sum'];
      /** @description What each datacenter gave, and what became of it. */
      readonly parts: readonly components['schemas']['HoldPart'][];
      readonly reference?: string;
      readonly metadata?: components['schemas']['Metadata'];
      /** Format: date-time */
      readonly createdAt: string;
      /** Format: date-time */
      readonly heldUntil?: string;
      /** Format: date-time */
      readonly endedAt?: string;
      readonly rejection?: string;
      readonly refunded?: components['schemas']['Sum'];
      /** @description The newest 200, the oldest of them first. */
      readonly refunds?: readonly components['schemas']['HoldRefund'][];
    };
    /** @description More is to be captured than is left of the hold; what has not been confirmed counts as captured. Nothing was paid. */
    readonly HoldExceededProblem: {
      /** @constant */
      readonly type: '/problems/hold-exceeded';
      readonly title: string;
      /** @constant */
      readonly status: 422;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly holdId?: components['schemas']['Uuid'];
      readonly left?: components['schemas']['Sum'];
    };
    readonly HoldExtension: {
      /** @description From the arrival on; at most what the coordinator allows. */
      readonly heldForMs: number;
    };
    readonly HoldOrder: {
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Amount'];
      readonly currency: components['schemas']['Currency'];
      readonly drain?: ('any' | 'local_only') | null;
      readonly reference?: string | null;
      readonly metadata?: components['schemas']['Metadata'] | null;
      readonly deadlineMs?: number | null;
      readonly heldForMs?: number | null;
    };
    /** @description The time of the hold is over, or of every part that was to give: what was left has been given back. */
    readonly HoldOverProblem: {
      /** @constant */
      readonly type: '/problems/hold-over';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly holdId?: components['schemas']['Uuid'];
      readonly captured?: components['schemas']['Sum'];
    };
    readonly HoldPart: {
      readonly node: number;
      readonly amount: components['schemas']['Sum'];
      readonly captured: components['schemas']['Sum'];
      readonly unknown: components['schemas']['Sum'];
      readonly held: components['schemas']['Sum'];
      readonly returned: components['schemas']['Sum'];
    };
    readonly HoldRefund: {
      readonly refundId: components['schemas']['Uuid'];
      readonly captureId: components['schemas']['Uuid'];
      readonly amount: components['schemas']['Sum'];
      readonly reference?: string;
      /** Format: date-time */
      readonly createdAt: string;
    };
    /** @description The hold was voided before: nothing of it is captured or extended any more. */
    readonly HoldVoidedProblem: {
      /** @constant */
      readonly type: '/problems/hold-voided';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly holdId?: components['schemas']['Uuid'];
      readonly captured?: components['schemas']['Sum'];
    };
    /** @description The datacenter that is the home of this key, or keeps the pay-out or the hold that is to be refunded, is silent, and nothing is known here of an outcome. Of this call nothing was sent there. */
    readonly HomeUnreachableProblem: {
      /** @constant */
      readonly type: '/problems/home-unreachable';
      readonly title: string;
      /** @constant */
      readonly status: 503;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly node?: number;
      readonly home?: components['schemas']['Datacenter'];
    };
    /** @description The key came before with another request, which was not refused. This one was not looked at. */
    readonly IdempotencyConflictProblem: {
      /** @constant */
      readonly type: '/problems/idempotency-conflict';
      readonly title: string;
      /** @constant */
      readonly status: 422;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    /** @description The first request under this key, or the pay-out or capture that is to be refunded, has not ended yet. Nothing was done for this one. */
    readonly InProgressProblem: {
      /** @constant */
      readonly type: '/problems/in-progress';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
      readonly captureId?: components['schemas']['Uuid'];
    };
    /** @description The account does not cover the amount: every datacenter was asked, twice, and together they had less at that time. Nothing was paid. */
    readonly InsufficientFundsProblem: {
      /** @constant */
      readonly type: '/problems/insufficient-funds';
      readonly title: string;
      /** @constant */
      readonly status: 422;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
      readonly available?: components['schemas']['Sum'];
    };
    /** @description This datacenter’s part of the account does not cover the amount, and the request forbids to ask others. */
    readonly InsufficientLocalFundsProblem: {
      /** @constant */
      readonly type: '/problems/insufficient-local-funds';
      readonly title: string;
      /** @constant */
      readonly status: 422;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly available?: components['schemas']['Sum'];
    };
    /** @description The datacenters that answer do not cover the amount; the others may have it. Nothing was paid. */
    readonly InsufficientReachableFundsProblem: {
      /** @constant */
      readonly type: '/problems/insufficient-reachable-funds';
      readonly title: string;
      /** @constant */
      readonly status: 503;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
      readonly available?: components['schemas']['Sum'];
      readonly unreachableNodes?: readonly number[];
      readonly stranded?: components['schemas']['Sum'];
    };
    /** @description Something went wrong here that nobody expected. */
    readonly InternalProblem: {
      /** @constant */
      readonly type: '/problems/internal';
      readonly title: string;
      /** @constant */
      readonly status: 500;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    /** @description A field, a parameter, a header or the body as a whole is not what the call takes. Nothing was done. */
    readonly InvalidRequestProblem: {
      /** @constant */
      readonly type: '/problems/invalid-request';
      readonly title: string;
      /** @constant */
      readonly status: 400;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    readonly Letter: {
      readonly id: components['schemas']['MessageName'];
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
      readonly incarnation: number;
      readonly reason: string;
      readonly detail: string;
      readonly commandId: string | null;
      readonly accountId: string | null;
      readonly amount: string | null;
      readonly currency: string | null;
      /** Format: date-time */
      readonly receivedAt: string;
      /** @enum {unknown} */
      readonly status: 'open' | 'replayed' | 'corrected' | 'discarded';
      readonly acts: readonly components['schemas']['LetterAct'][];
    };
    readonly LetterAct: {
      readonly act: string;
      readonly result: string;
      readonly client: string;
      /** Format: date-time */
      readonly at: string;
      readonly note: string | null;
      readonly newCommandId?: components['schemas']['Uuid'];
    };
    readonly LetterAfterAct: {
      readonly id: components['schemas']['MessageName'];
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
      readonly incarnation: number;
      readonly reason: string;
      readonly detail: string;
      readonly commandId: string | null;
      readonly accountId: string | null;
      readonly amount: string | null;
      readonly currency: string | null;
      /** Format: date-time */
      readonly receivedAt: string;
      /** @enum {unknown} */
      readonly status: 'open' | 'replayed' | 'corrected' | 'discarded';
      readonly acts: readonly components['schemas']['LetterAct'][];
      /** @description applied, duplicate, parked, discarded or refused; there may be more. */
      readonly result: string;
    };
    readonly LetterBulk: {
      /** @enum {unknown} */
      readonly act: 'replay' | 'discard';
      readonly ids: readonly components['schemas']['MessageName'][];
      readonly note?: string | null;
    };
    readonly LetterCorrection: {
      readonly note: string;
      readonly payIn: components['schemas']['PayInOrder'];
    };
    readonly LetterDiscard: {
      readonly note: string;
    };
    readonly LetterPage: {
      readonly items: readonly components['schemas']['Letter'][];
      readonly nextCursor: string | null;
      readonly counts: {
        readonly open: number;
        readonly byReason: {
          readonly [key: string]: number;
        };
      };
    };
    readonly LetterReplay: {
      readonly note?: string | null;
    };
    readonly Link: {
      readonly node: number;
      /** @enum {unknown} */
      readonly breaker: 'open' | 'half-open' | 'closed';
      readonly failures: number;
      readonly clock: {
        readonly aheadSeconds: number;
        readonly errorSeconds: number;
      } | null;
      readonly arriving: {
        readonly subscription: string;
        readonly heartbeatAt: string | null;
        readonly delaySeconds: number | null;
      };
      readonly sending: {
        readonly active: boolean;
        readonly lost: boolean;
        readonly unconfirmedBytes: number | null;
        readonly walBytes: number | null;
        readonly walBytesMax: number | null;
      };
    };
    /** @description topic/partition/offset; of offsets that began anew with ~2 and so on behind it. */
    readonly MessageName: string;
    /** @description A JSON object, at most 2,048 bytes with its numbers written out and nested at most 62 deep. Numbers keep all their digits. */
    readonly Metadata: Record<string, unknown>;
    /** @description Beside upTo, and no more than it: what there has to be, else the pay-out is refused. Zero unless said. */
    readonly Minimum: string;
    /** @description The token is good and does not allow this call. */
    readonly MissingScopeProblem: {
      /** @constant */
      readonly type: '/problems/missing-scope';
      readonly title: string;
      /** @constant */
      readonly status: 403;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly scope?: string;
    };
    /** @description The call makes something that belongs to a tenant, and the token is not of a single one. */
    readonly MissingTenantProblem: {
      /** @constant */
      readonly type: '/problems/missing-tenant';
      readonly title: string;
      /** @constant */
      readonly status: 403;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    readonly MoneyOfDeleted: {
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
    };
    readonly NodeHistory: {
      readonly node: number;
      /** @enum {unknown} */
      readonly metric: 'lag_seconds' | 'lag_messages' | 'arriving' | 'applied' | 'pay_outs';
      /** Format: date-time */
      readonly since: string;
      readonly stepSeconds: number;
      /** @description Milliseconds since 1970, and the highest value of the step; null: not known. */
      readonly points: readonly (readonly (number | null)[])[];
    };
    readonly NodeSnapshot: {
      readonly node: number;
      /** Format: date-time */
      readonly at: string;
      /** Format: date-time */
      readonly startedAt: string;
      /** @description What the gateway leans on and cannot use now. */
      readonly faults: {
        readonly [key: string]: string;
      };
      readonly lag:
        | {
            readonly messages: number;
            readonly oldestSeconds: number;
            readonly openTransactionSeconds: number;
            readonly halted: number;
            readonly awayTopics: {
              readonly [key: string]: string;
            };
            readonly partitions: readonly components['schemas']['PartitionLag'][];
            readonly fault: null;
          }
        | {
            readonly fault: string;
          };
      readonly rates: {
        readonly arriving: number | null;
        readonly applied: number | null;
        readonly payOuts: number | null;
      };
      readonly deadLetters:
        | {
            readonly open: number;
            /** @description invalid_json, invalid_message, unknown_currency, currency_mismatch, account_deleted, account_not_found, command_conflict, balance_limit, command_discarded; there may be more. */
            readonly byReason: {
              readonly [key: string]: number;
            };
            readonly fault: null;
          }
        | {
            readonly fault: string;
          };
      readonly parked:
        | {
            readonly count: number;
            readonly oldestSeconds: number;
            readonly fault: null;
          }
        | {
            readonly fault: string;
          };
      readonly drains:
        | {
            readonly stages: readonly {
              readonly stage: string;
              readonly drains: number;
              readonly oldestSeconds: number;
            }[];
            readonly fault: null;
          }
        | {
            readonly fault: string;
          };
      readonly audit:
        | {
            readonly open: number;
            readonly first: {
              readonly check: string;
              readonly node: number;
              readonly accountId: components['schemas']['AccountId'] | null;
              readonly subject: string;
              readonly differenceMinor: string;
              readonly difference: components['schemas']['Sum'] | null;
              readonly currency: string | null;
            } | null;
            readonly walkedSeconds: number | null;
            readonly fault: null;
          }
        | {
            readonly fault: string;
          };
      readonly links:
        | {
            readonly peers: readonly components['schemas']['Link'][];
            readonly fault: null;
          }
        | {
            readonly fault: string;
          };
    };
    /** @description There is nothing at this path, or no such object, or it belongs to another tenant. */
    readonly NotFoundProblem: {
      /** @constant */
      readonly type: '/problems/not-found';
      readonly title: string;
      /** @constant */
      readonly status: 404;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly accountId?: components['schemas']['AccountId'];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
      readonly commandId?: components['schemas']['Uuid'];
      readonly serviceId?: components['schemas']['ServiceId'];
      readonly captureId?: components['schemas']['Uuid'];
      readonly id?: string;
    };
    readonly OpenedAccount: {
      readonly accountId: components['schemas']['AccountId'];
      /**
       * @deprecated
       * @description The same as accountId, for one more version.
       */
      readonly id: string;
      readonly username: string;
      readonly currency: string;
      readonly initialBalance: string;
    };
    readonly OperationEntry: {
      readonly node: number;
      /** @description pay_in, deposit, opening, pay_out, reserve, release, return, refund, transfer_out, transfer_in or correction; there may be more. */
      readonly type: string;
      readonly amount: components['schemas']['Sum'];
      /** Format: date-time */
      readonly at: string;
    };
    /** @description The answer was lost: it may have been done or not. */
    readonly OutcomeUnknownProblem: {
      /** @constant */
      readonly type: '/problems/outcome-unknown';
      readonly title: string;
      /** @constant */
      readonly status: 503;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
      readonly commandId?: components['schemas']['Uuid'];
      readonly node?: number;
      readonly home?: components['schemas']['Datacenter'];
    };
    /** @description More waits here than can be worked off in time. Nothing was begun. */
    readonly OverloadedProblem: {
      /** @constant */
      readonly type: '/problems/overloaded';
      readonly title: string;
      /** @constant */
      readonly status: 503;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    readonly Overview: {
      readonly node: number;
      /** Format: date-time */
      readonly at: string;
      readonly nodes: readonly {
        readonly node: number;
        readonly snapshot: components['schemas']['NodeSnapshot'] | null;
        readonly fault: string | null;
      }[];
    };
    readonly ParkedDiscard: {
      readonly ids: readonly components['schemas']['MessageName'][];
      readonly note: string;
    };
    readonly ParkedPage: {
      readonly items: readonly components['schemas']['ParkedPayIn'][];
      readonly nextCursor: string | null;
    };
    readonly ParkedPayIn: {
      readonly id: components['schemas']['MessageName'];
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
      readonly incarnation: number;
      readonly commandId: components['schemas']['Uuid'];
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
      /** Format: date-time */
      readonly parkedAt: string;
      readonly retriedAt: string | null;
      readonly tries: number;
      /** @enum {unknown} */
      readonly reason: 'account_not_found' | 'account_frozen' | 'home';
      readonly home: string | null;
    };
    readonly ParkedRetry: {
      readonly ids?: readonly components['schemas']['MessageName'][] | null;
      readonly note?: string | null;
    };
    readonly PartitionLag: {
      readonly topic: string;
      readonly partition: number;
      readonly messages: number;
      readonly oldestSeconds: number;
      readonly nextOffset: string;
      readonly endOffset: string;
      readonly uncommitted: number;
      readonly openTransactionSeconds: number;
      readonly halted: boolean;
      readonly haltReason: string | null;
      readonly haltDetail: string | null;
      readonly worker: string | null;
    };
    readonly PayIn: {
      readonly commandId: components['schemas']['Uuid'];
      /** @enum {unknown} */
      readonly status: 'accepted' | 'applied' | 'forwarded' | 'parked' | 'rejected';
      readonly node?: number;
      readonly accountId?: components['schemas']['AccountId'];
      readonly amount?: components['schemas']['Sum'];
      readonly currency?: string;
      readonly reference?: string;
      readonly metadata?: components['schemas']['Metadata'];
      /** Format: date-time */
      readonly appliedAt?: string;
      /** Format: date-time */
      readonly forwardedAt?: string;
      /** Format: date-time */
      readonly parkedAt?: string;
      /** Format: date-time */
      readonly rejectedAt?: string;
      /** @description Of a rejected one: why. */
      readonly reason?: string;
      readonly detail?: string;
    };
    readonly PayInOrder: {
      readonly commandId?: components['schemas']['Uuid'] | null;
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Amount'];
      readonly currency: components['schemas']['Currency'];
      readonly reference?: string | null;
      readonly metadata?: components['schemas']['Metadata'] | null;
      readonly home?: components['schemas']['Datacenter'] | null;
    };
    readonly PayOut: {
      readonly payOutId: components['schemas']['Uuid'];
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
      /** @enum {unknown} */
      readonly status: 'pending' | 'committed' | 'rejected';
      /** @description What each datacenter gave. */
      readonly parts: readonly components['schemas']['PayOutPart'][];
      readonly reference?: string;
      readonly metadata?: components['schemas']['Metadata'];
      /** Format: date-time */
      readonly createdAt: string;
      /** Format: date-time */
      readonly decidedAt?: string;
      /** @description Of a rejected one: the type of the problem that its last try was answered with. */
      readonly rejection?: string;
      /** @description Of one that was given back: the pay-out that stands. */
      readonly duplicateOf?: string;
      readonly charge?: components['schemas']['Charge'];
      readonly upTo?: components['schemas']['Sum'];
      readonly minimum?: components['schemas']['Sum'];
      /** @description Of one that paid less than upTo: the datacenters that answered had no more. False: there may have been more. */
      readonly exhausted?: boolean;
      /** @description Of one that paid less than upTo: who could not be asked, and may have more. */
      readonly unreachableNodes?: readonly number[];
      readonly refunded?: components['schemas']['Sum'];
      /** @description The newest 200, the oldest of them first. */
      readonly refunds?: readonly components['schemas']['PayOutRefund'][];
    };
    readonly PayOutOrder: {
      readonly accountId: components['schemas']['AccountId'];
      readonly amount?: components['schemas']['ExactAmount'] | null;
      readonly upTo?: components['schemas']['UpTo'] | null;
      readonly minimum?: components['schemas']['Minimum'] | null;
      readonly currency: components['schemas']['Currency'];
      readonly drain?: ('any' | 'local_only') | null;
      readonly reference?: string | null;
      readonly metadata?: components['schemas']['Metadata'] | null;
      readonly deadlineMs?: number | null;
    };
    readonly PayOutPart: {
      readonly node: number;
      readonly amount: components['schemas']['Sum'];
    };
    readonly PayOutPreview: {
      readonly covered: boolean;
      readonly parts: readonly components['schemas']['PayOutPart'][];
      readonly spendable: components['schemas']['Sum'];
      readonly stranded: components['schemas']['Sum'];
      readonly unreachableNodes: readonly number[];
    };
    readonly PayOutPreviewOrder: {
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Amount'];
      readonly currency: components['schemas']['Currency'];
      readonly drain?: ('any' | 'local_only') | null;
    };
    readonly PayOutRefund: {
      readonly refundId: components['schemas']['Uuid'];
      readonly amount: components['schemas']['Sum'];
      readonly reference?: string;
      /** Format: date-time */
      readonly createdAt: string;
    };
    /** @description Major units as a decimal string, zero or more; it may have more decimals than the currency. */
    readonly Price: string;
    readonly PricedService: {
      readonly id: components['schemas']['ServiceId'];
      readonly name: string;
      readonly price: components['schemas']['Price'];
      readonly currency: string;
      /** @description What quantities are counted in. */
      readonly unit?: string;
      /** Format: date-time */
      readonly retiredAt?: string;
      /** @description All that it had and will have, the latest first. */
      readonly prices: readonly components['schemas']['ServicePrice'][];
    };
    readonly ProblemKind: {
      /** @description /problems/ and the kind. */
      readonly type: string;
      readonly title: string;
      readonly status: number;
      readonly retryable: boolean;
      readonly meaning: string;
      readonly advice: string;
    };
    /** @description A decimal string above zero. */
    readonly Quantity: string;
    readonly Refund: {
      readonly refundId: components['schemas']['Uuid'];
      readonly payOutId: components['schemas']['Uuid'];
      readonly accountId: components['schemas']['AccountId'];
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
      readonly refunded: components['schemas']['Sum'];
      readonly remaining: components['schemas']['Sum'];
      readonly reference?: string;
      readonly metadata?: components['schemas']['Metadata'];
      /** Format: date-time */
      readonly createdAt: string;
    };
    /** @description Less of the pay-out or the capture is left to refund: nothing of one that was refused, and no more than was paid. Nothing was refunded. */
    readonly RefundExceededProblem: {
      /** @constant */
      readonly type: '/problems/refund-exceeded';
      readonly title: string;
      /** @constant */
      readonly status: 422;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly payOutId?: components['schemas']['Uuid'];
      readonly holdId?: components['schemas']['Uuid'];
      readonly captureId?: components['schemas']['Uuid'];
      readonly remaining?: components['schemas']['Sum'];
    };
    readonly RefundOrder: {
      readonly amount: components['schemas']['Amount'];
      readonly currency: components['schemas']['Currency'];
      readonly reference?: string | null;
      readonly metadata?: components['schemas']['Metadata'] | null;
    };
    /** @description The request did not arrive as a whole in time. Nothing was done; the connection is closed. */
    readonly RequestTimeoutProblem: {
      /** @constant */
      readonly type: '/problems/request-timeout';
      readonly title: string;
      /** @constant */
      readonly status: 408;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    readonly RetryResults: {
      readonly results: readonly components['schemas']['ActResult'][];
      readonly waiting: number;
    };
    readonly Service: {
      readonly id: components['schemas']['ServiceId'];
      readonly name: string;
      readonly price: components['schemas']['Price'];
      readonly currency: string;
      /** @description What quantities are counted in. */
      readonly unit?: string;
      /** Format: date-time */
      readonly retiredAt?: string;
    };
    /** @description The catalogue has another service of that name. */
    readonly ServiceExistsProblem: {
      /** @constant */
      readonly type: '/problems/service-exists';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly serviceId?: components['schemas']['ServiceId'];
    };
    /** @description A decimal string from 1 to 2^31-1. */
    readonly ServiceId: string;
    readonly ServiceList: {
      readonly services: readonly components['schemas']['Service'][];
    };
    readonly ServiceOrder: {
      /** @description Of one service alone. */
      readonly name: string;
      readonly price: components['schemas']['Price'];
      readonly currency: components['schemas']['Currency'];
      readonly unit?: string | null;
    };
    /** @description Without validFrom: from the beginning. */
    readonly ServicePrice: {
      /** Format: date-time */
      readonly validFrom?: string;
      readonly price: components['schemas']['Price'];
    };
    readonly ServicePricing: {
      readonly price: components['schemas']['Price'];
      readonly validFrom?: string | null;
    };
    /** @description The service is charged no more. What was charged before under the same key stands. */
    readonly ServiceRetiredProblem: {
      /** @constant */
      readonly type: '/problems/service-retired';
      readonly title: string;
      /** @constant */
      readonly status: 409;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly serviceId?: components['schemas']['ServiceId'];
    };
    readonly ServiceRetirement: Record<string, unknown>;
    /** @description Like an amount, of either sign, and not zero. */
    readonly SignedAmount: string;
    /** @description Major units as a decimal string, with all decimals of the currency. */
    readonly Sum: string;
    /** @description This client has sent more in a second, or has more streams open, than it may. Nothing was done. */
    readonly TooManyRequestsProblem: {
      /** @constant */
      readonly type: '/problems/too-many-requests';
      readonly title: string;
      /** @constant */
      readonly status: 429;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    readonly Transaction: {
      readonly id: string;
      readonly node: number;
      /** @description pay_in, deposit, opening, pay_out, reserve, release, return, refund, transfer_out, transfer_in or correction; there may be more. */
      readonly type: string;
      readonly operationId: string;
      readonly amount: components['schemas']['Sum'];
      readonly currency: string;
      readonly reference?: string;
      /** Format: date-time */
      readonly createdAt: string;
    };
    readonly TransactionPage: {
      readonly transactions: readonly components['schemas']['Transaction'][];
      readonly nextCursor: string | null;
    };
    /** @description There is no token, or one that is not believed: expired, of another issuer, altered. */
    readonly UnauthenticatedProblem: {
      /** @constant */
      readonly type: '/problems/unauthenticated';
      readonly title: string;
      /** @constant */
      readonly status: 401;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    /** @description A part that the call needs cannot be used now. It was not done, or is not known yet. */
    readonly UnavailableProblem: {
      /** @constant */
      readonly type: '/problems/unavailable';
      readonly title: string;
      /** @constant */
      readonly status: 503;
      readonly detail: string;
      /** @constant */
      readonly retryable: true;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
      readonly accountId?: components['schemas']['AccountId'];
      readonly commandId?: components['schemas']['Uuid'];
      readonly node?: number;
      readonly unreachableNodes?: readonly number[];
      readonly accepted?: number;
      readonly rejected?: number;
      readonly unavailable?: number;
      readonly results?: readonly unknown[];
    };
    /** @description The body is of a type, or has a content coding, that the call does not take. */
    readonly UnsupportedMediaTypeProblem: {
      /** @constant */
      readonly type: '/problems/unsupported-media-type';
      readonly title: string;
      /** @constant */
      readonly status: 415;
      readonly detail: string;
      /** @constant */
      readonly retryable: false;
      readonly instance?: string;
      readonly requestId?: string;
      readonly errors?: readonly components['schemas']['FieldViolation'][];
    };
    /** @description In the place of an amount: pays what there is, up to this, and says how much. Zero is an answer. */
    readonly UpTo: string;
    /** @description A UUID of any version or none; best version 7. */
    readonly Uuid: string;
    readonly VoidOrder: Record<string, unknown>;
    readonly VoidedHold: {
      readonly returned: components['schemas']['Sum'];
      readonly unknown: components['schemas']['Sum'];
      readonly hold: components['schemas']['Hold'];
    };
    readonly WholeLetter: {
      readonly id: components['schemas']['MessageName'];
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
      readonly incarnation: number;
      readonly reason: string;
      readonly detail: string;
      readonly commandId: string | null;
      readonly accountId: string | null;
      readonly amount: string | null;
      readonly currency: string | null;
      /** Format: date-time */
      readonly receivedAt: string;
      /** @enum {unknown} */
      readonly status: 'open' | 'replayed' | 'corrected' | 'discarded';
      readonly acts: readonly components['schemas']['LetterAct'][];
      readonly key: components['schemas']['Bytes'] | null;
      readonly value: components['schemas']['Bytes'] | null;
      /** @description None are kept. */
      readonly headers: Record<string, unknown>;
      readonly allowedActs: readonly string[];
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type AcceptedPayIn = components['schemas']['AcceptedPayIn'];
export type Account = components['schemas']['Account'];
export type AccountDeletedProblem = components['schemas']['AccountDeletedProblem'];
export type AccountFrozenProblem = components['schemas']['AccountFrozenProblem'];
export type AccountId = components['schemas']['AccountId'];
export type AccountNotEmptyProblem = components['schemas']['AccountNotEmptyProblem'];
export type AccountOpening = components['schemas']['AccountOpening'];
export type AccountOperation = components['schemas']['AccountOperation'];
export type AccountOperationPage = components['schemas']['AccountOperationPage'];
export type AccountPage = components['schemas']['AccountPage'];
export type AccountStateChange = components['schemas']['AccountStateChange'];
export type Act = components['schemas']['Act'];
export type ActPage = components['schemas']['ActPage'];
export type ActResult = components['schemas']['ActResult'];
export type ActResults = components['schemas']['ActResults'];
export type AlreadyResolvedProblem = components['schemas']['AlreadyResolvedProblem'];
export type Amount = components['schemas']['Amount'];
export type Audit = components['schemas']['Audit'];
export type AuditFault = components['schemas']['AuditFault'];
export type AuditRun = components['schemas']['AuditRun'];
export type Balance = components['schemas']['Balance'];
export type BalanceCorrection = components['schemas']['BalanceCorrection'];
export type BalanceLimitProblem = components['schemas']['BalanceLimitProblem'];
export type BalancePart = components['schemas']['BalancePart'];
export type BodyTooLargeProblem = components['schemas']['BodyTooLargeProblem'];
export type BulkAnswer = components['schemas']['BulkAnswer'];
export type BulkChargeOrder = components['schemas']['BulkChargeOrder'];
export type BulkPayOutOrder = components['schemas']['BulkPayOutOrder'];
export type BulkPayOutResult = components['schemas']['BulkPayOutResult'];
export type BulkResult = components['schemas']['BulkResult'];
export type Bytes = components['schemas']['Bytes'];
export type Capture = components['schemas']['Capture'];
export type CaptureOrder = components['schemas']['CaptureOrder'];
export type CapturePart = components['schemas']['CapturePart'];
export type CaptureRefund = components['schemas']['CaptureRefund'];
export type ChangedAccountState = components['schemas']['ChangedAccountState'];
export type Charge = components['schemas']['Charge'];
export type ChargeOrder = components['schemas']['ChargeOrder'];
export type ContendedProblem = components['schemas']['ContendedProblem'];
export type Correction = components['schemas']['Correction'];
export type Currency = components['schemas']['Currency'];
export type CurrencyMismatchProblem = components['schemas']['CurrencyMismatchProblem'];
export type Datacenter = components['schemas']['Datacenter'];
export type DatacenterUnreachableProblem = components['schemas']['DatacenterUnreachableProblem'];
export type DeadlineExceededProblem = components['schemas']['DeadlineExceededProblem'];
export type ExactAmount = components['schemas']['ExactAmount'];
export type ExpectationFailedProblem = components['schemas']['ExpectationFailedProblem'];
export type ExtendedHold = components['schemas']['ExtendedHold'];
export type ExtendedPart = components['schemas']['ExtendedPart'];
export type FieldViolation = components['schemas']['FieldViolation'];
export type HeadersTooLargeProblem = components['schemas']['HeadersTooLargeProblem'];
export type History = components['schemas']['History'];
export type Hold = components['schemas']['Hold'];
export type HoldExceededProblem = components['schemas']['HoldExceededProblem'];
export type HoldExtension = components['schemas']['HoldExtension'];
export type HoldOrder = components['schemas']['HoldOrder'];
export type HoldOverProblem = components['schemas']['HoldOverProblem'];
export type HoldPart = components['schemas']['HoldPart'];
export type HoldRefund = components['schemas']['HoldRefund'];
export type HoldVoidedProblem = components['schemas']['HoldVoidedProblem'];
export type HomeUnreachableProblem = components['schemas']['HomeUnreachableProblem'];
export type IdempotencyConflictProblem = components['schemas']['IdempotencyConflictProblem'];
export type InProgressProblem = components['schemas']['InProgressProblem'];
export type InsufficientFundsProblem = components['schemas']['InsufficientFundsProblem'];
export type InsufficientLocalFundsProblem = components['schemas']['InsufficientLocalFundsProblem'];
export type InsufficientReachableFundsProblem =
  components['schemas']['InsufficientReachableFundsProblem'];
export type InternalProblem = components['schemas']['InternalProblem'];
export type InvalidRequestProblem = components['schemas']['InvalidRequestProblem'];
export type Letter = components['schemas']['Letter'];
export type LetterAct = components['schemas']['LetterAct'];
export type LetterAfterAct = components['schemas']['LetterAfterAct'];
export type LetterBulk = components['schemas']['LetterBulk'];
export type LetterCorrection = components['schemas']['LetterCorrection'];
export type LetterDiscard = components['schemas']['LetterDiscard'];
export type LetterPage = components['schemas']['LetterPage'];
export type LetterReplay = components['schemas']['LetterReplay'];
export type Link = components['schemas']['Link'];
export type MessageName = components['schemas']['MessageName'];
export type Metadata = components['schemas']['Metadata'];
export type Minimum = components['schemas']['Minimum'];
export type MissingScopeProblem = components['schemas']['MissingScopeProblem'];
export type MissingTenantProblem = components['schemas']['MissingTenantProblem'];
export type MoneyOfDeleted = components['schemas']['MoneyOfDeleted'];
export type NodeHistory = components['schemas']['NodeHistory'];
export type NodeSnapshot = components['schemas']['NodeSnapshot'];
export type NotFoundProblem = components['schemas']['NotFoundProblem'];
export type OpenedAccount = components['schemas']['OpenedAccount'];
export type OperationEntry = components['schemas']['OperationEntry'];
export type OutcomeUnknownProblem = components['schemas']['OutcomeUnknownProblem'];
export type OverloadedProblem = components['schemas']['OverloadedProblem'];
export type Overview = components['schemas']['Overview'];
export type ParkedDiscard = components['schemas']['ParkedDiscard'];
export type ParkedPage = components['schemas']['ParkedPage'];
export type ParkedPayIn = components['schemas']['ParkedPayIn'];
export type ParkedRetry = components['schemas']['ParkedRetry'];
export type PartitionLag = components['schemas']['PartitionLag'];
export type PayIn = components['schemas']['PayIn'];
export type PayInOrder = components['schemas']['PayInOrder'];
export type PayOut = components['schemas']['PayOut'];
export type PayOutOrder = components['schemas']['PayOutOrder'];
export type PayOutPart = components['schemas']['PayOutPart'];
export type PayOutPreview = components['schemas']['PayOutPreview'];
export type PayOutPreviewOrder = components['schemas']['PayOutPreviewOrder'];
export type PayOutRefund = components['schemas']['PayOutRefund'];
export type Price = components['schemas']['Price'];
export type PricedService = components['schemas']['PricedService'];
export type ProblemKind = components['schemas']['ProblemKind'];
export type Quantity = components['schemas']['Quantity'];
export type Refund = components['schemas']['Refund'];
export type RefundExceededProblem = components['schemas']['RefundExceededProblem'];
export type RefundOrder = components['schemas']['RefundOrder'];
export type RequestTimeoutProblem = components['schemas']['RequestTimeoutProblem'];
export type RetryResults = components['schemas']['RetryResults'];
export type Service = components['schemas']['Service'];
export type ServiceExistsProblem = components['schemas']['ServiceExistsProblem'];
export type ServiceId = components['schemas']['ServiceId'];
export type ServiceList = components['schemas']['ServiceList'];
export type ServiceOrder = components['schemas']['ServiceOrder'];
export type ServicePrice = components['schemas']['ServicePrice'];
export type ServicePricing = components['schemas']['ServicePricing'];
export type ServiceRetiredProblem = components['schemas']['ServiceRetiredProblem'];
export type ServiceRetirement = components['schemas']['ServiceRetirement'];
export type SignedAmount = components['schemas']['SignedAmount'];
export type Sum = components['schemas']['Sum'];
export type TooManyRequestsProblem = components['schemas']['TooManyRequestsProblem'];
export type Transaction = components['schemas']['Transaction'];
export type TransactionPage = components['schemas']['TransactionPage'];
export type UnauthenticatedProblem = components['schemas']['UnauthenticatedProblem'];
export type UnavailableProblem = components['schemas']['UnavailableProblem'];
export type UnsupportedMediaTypeProblem = components['schemas']['UnsupportedMediaTypeProblem'];
export type UpTo = components['schemas']['UpTo'];
export type Uuid = components['schemas']['Uuid'];
export type VoidOrder = components['schemas']['VoidOrder'];
export type VoidedHold = components['schemas']['VoidedHold'];
export type WholeLetter = components['schemas']['WholeLetter'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
