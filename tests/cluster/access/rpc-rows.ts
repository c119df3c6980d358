import { randomUUID } from 'node:crypto';
import type { Scope } from '@billing/auth';
import type { RpcName } from '@billing/contracts';
import type { Subject, SubjectKind } from './access-site.js';
import { requestOf } from '../pay-outs/pay-out.request.js';
import type { Outcome, RpcCaller } from './rpc-caller.js';

/**
 * What a token of another tenant is answered: NOT_FOUND with this reason. refused: a result an item, not_found.
 * single: what is made is of the token's own tenant, so it must name one. Else as everybody is, and why that is right.
 */
export type RpcStrangers =
  | 'ACCOUNT_NOT_FOUND'
  | 'PAY_OUT_NOT_FOUND'
  | 'HOLD_NOT_FOUND'
  | 'DEAD_LETTER_NOT_FOUND'
  | 'refused'
  | 'single'
  | { readonly asEverybody: string };

export interface RpcRow {
  /** Each of them is wanted; any: one of several will do, these among them; public: no token is. */
  readonly scopes: readonly Scope[] | 'any' | 'public';
  /** What the request names; nothing, unless said. */
  readonly about?: SubjectKind;
  readonly strangers: RpcStrangers;
  readonly ask: (caller: RpcCaller, subject: Subject) => Promise<Outcome>;
  /** What the answer has for whoever may. */
  readonly says?: object;
}

const note = 'spec';
const money = { amount: '1.00', currency: 'USD' };
const key = (): { idempotencyKey: string } => ({ idempotencyKey: randomUUID() });
const catalogue = { asEverybody: 'the catalogue is the same for all' };
const ofAccount = { about: 'account', strangers: 'ACCOUNT_NOT_FOUND' } as const;
const ofHold = {
  scopes: ['pay-outs:write'],
  about: 'hold',
  strangers: 'HOLD_NOT_FOUND',
} as const;
const act = {
  scopes: ['operator:act'],
  about: 'letter',
  strangers: 'DEAD_LETTER_NOT_FOUND',
} as const;
const actOnMany = { ...act, strangers: 'refused' } as const;

/** Every rpc of billing.v1: without one of them this does not compile. */
export const rpcRows: Readonly<Record<RpcName, RpcRow>> = {
  OpenAccount: {
    scopes: ['accounts:write'],
    strangers: 'single',
    ask: (caller) =>
      caller.unary(({ billing }, ...how) =>
        billing.openAccount({ username: 'spec', ...key() }, ...how),
      ),
  },
  DeleteAccount: {
    ...ofAccount,
    about: 'empty',
    scopes: ['accounts:write'],
    ask: (caller, { account }) => deleteAccount(caller, account, false),
    says: { alreadyDeleted: false },
  },
  FreezeAccount: {
    ...ofAccount,
    scopes: ['accounts:write'],
    ask: (caller, { account }) =>
      caller.unary(({ billing }, ...how) =>
        billing.freezeAccount({ accountId: account, credits: true, ...key() }, ...how),
      ),
    says: { creditsFrozen: true, debitsFrozen: false },
  },
  ThawAccount: {
    ...ofAccount,
    scopes: ['accounts:write'],
    ask: (caller, { account }) =>
      caller.unary(({ billing }, ...how) =>
        billing.thawAccount({ accountId: account, credits: true, ...key() }, ...how),
      ),
    says: { unchanged: true },
  },
  PayOut: {
    ...ofAccount,
    scopes: ['pay-outs:write'],
    ask: (caller, { account }) =>
      caller.unary(({ billing }, ...how) => billing.payOut(requestOf(account, '1.00'), ...how)),
    says: { payOut: { status: 'PAY_OUT_STATUS_COMMITTED' } },
  },
  PayOuts: {
    ...ofAccount,
    scopes: ['pay-outs:write'],
    ask: (caller, { account }) => caller.payOuts(requestOf(account, '1.00'), 'message'),
    says: { payOut: { status: 'PAY_OUT_STATUS_COMMITTED' } },
  },
  GetPayOut: {
    scopes: ['pay-outs:read'],
    about: 'payOut',
    strangers: 'PAY_OUT_NOT_FOUND',
    ask: (caller, { uuid }) =>
      caller.unary(({ billing }, ...how) => billing.getPayOut({ payOutId: uuid }, ...how)),
    says: { payOut: { amount: '5.00' } },
  },
  RefundPayOut: {
    scopes: ['pay-outs:write'],
    about: 'payOut',
    strangers: 'PAY_OUT_NOT_FOUND',
    ask: (caller, { uuid }) =>
      caller.unary(({ billing }, ...how) =>
        billing.refundPayOut({ payOutId: uuid, ...money, ...key() }, ...how),
      ),
    says: { refund: { amount: '1.00', remaining: '4.00' } },
  },
  PreviewPayOut: {
    ...ofAccount,
    scopes: ['pay-outs:read'],
    ask: (caller, { account }) =>
      caller.unary(({ billing }, ...how) =>
        billing.previewPayOut({ accountId: account, ...money }, ...how),
      ),
    says: { covered: true },
  },
  AuthoriseHold: {
    ...ofAccount,
    scopes: ['pay-outs:write'],
    ask: (caller, { account }) =>
      caller.unary(({ billing }, ...how) => {
        const order = requestOf(account, '1.00', { homeNodeId: 1 });
        return billing.authoriseHold(order, ...how);
      }),
    says: { hold: { state: 'HOLD_STATE_OPEN' } },
  },
  CaptureHold: {
    ...ofHold,
    ask: (caller, { uuid }) =>
      caller.unary(({ billing }, ...how) => {
        const order = { holdId: uuid, ...money, ...key(), homeNodeId: 1 };
        return billing.captureHold(order, ...how);
      }),
    says: { captured: '1.00' },
  },
  RefundCapture: {
    ...ofHold,
    about: 'capture',
    ask: (caller, { uuid, capture }) =>
      caller.unary(({ billing }, ...how) => {
        const order = { holdId: uuid, captureId: capture, ...money, ...key() };
        return billing.refundCapture(order, ...how);
      }),
    says: { refund: { amount: '1.00', remaining: '4.00' } },
  },
  VoidHold: {
    ...ofHold,
    ask: (caller, { uuid }) =>
      caller.unary(({ billing }, ...how) =>
        billing.voidHold({ holdId: uuid, ...key(), homeNodeId: 1 }, ...how),
      ),
    says: { returned: '5.00' },
  },
  ExtendHold: {
    ...ofHold,
    ask: (caller, { uuid }) =>
      caller.unary(({ billing }, ...how) => {
        const order = { holdId: uuid, heldForMs: 60_000, ...key(), homeNodeId: 1 };
        return billing.extendHold(order, ...how);
      }),
    says: { parts: [{ nodeId: 1, over: false }] },
  },
  GetHold: {
    ...ofHold,
    scopes: ['pay-outs:read'],
    ask: (caller, { uuid }) =>
      caller.unary(({ billing }, ...how) => billing.getHold({ holdId: uuid }, ...how)),
    says: { hold: { amount: '5.00' } },
  },
  ListServices: {
    scopes: ['services:read'],
    strangers: catalogue,
    ask: (caller) => caller.unary(({ billing }, ...how) => billing.listServices({}, ...how)),
  },
  CreateService: {
    scopes: ['services:write'],
    strangers: catalogue,
    ask: (caller) =>
      caller.unary(({ billing }, ...how) =>
        billing.createService({ name: 'spec', price: '1', currency: 'USD' }, ...how),
      ),
    says: { service: { price: '1.00' } },
  },
  RepriceService: {
    scopes: ['services:write'],
    strangers: catalogue,
    ask: (caller) =>
      caller.unary(({ billing }, ...how) =>
        billing.repriceService({ serviceId: '2', price: '2' }, ...how),
      ),
    says: { service: { price: '2.00' } },
  },
  RetireService: {
    scopes: ['services:write'],
    strangers: catalogue,
    ask: (caller) =>
      caller.unary(({ billing }, ...how) => billing.retireService({ serviceId: '3' }, ...how)),
    says: { service: { name: 'retired' } },
  },
  CorrectBalance: {
    ...ofAccount,
    scopes: ['operator:act'],
    ask: (caller, { account }) =>
      caller.unary(({ operations }, ...how) => {
        const order = { accountId: account, ...money, reason: note, ...key() };
        return operations.correctBalance(order, ...how);
      }),
    says: { balance: '101.00' },
  },
  ReplayDeadLetter: {
    ...act,
    ask: (caller, { message }) =>
      caller.unary(({ operations }, ...how) =>
        operations.replayDeadLetter({ id: message, note }, ...how),
      ),
    // Its currency is none, whoever replays it.
    says: { result: 'refused', reason: 'unknown_currency' },
  },
  CorrectDeadLetter: {
    ...act,
    ask: (caller, { message, account }) =>
      caller.unary(({ operations }, ...how) => {
        const correction = { id: message, note, accountId: account, ...money };
        return operations.correctDeadLetter(correction, ...how);
      }),
    says: { result: 'applied' },
  },
  DiscardDeadLetter: {
    ...act,
    ask: (caller, { message }) =>
      caller.unary(({ operations }, ...how) =>
        operations.discardDeadLetter({ id: message, note }, ...how),
      ),
    says: { result: 'discarded' },
  },
  ActOnDeadLetters: {
    ...actOnMany,
    ask: (caller, { message }) =>
      caller.unary(({ operations }, ...how) =>
        operations.actOnDeadLetters({ act: 'discard', ids: [message], note }, ...how),
      ),
    says: { results: [{ result: 'discarded' }] },
  },
  RetryParkedPayIns: {
    ...actOnMany,
    about: 'parked',
    ask: (caller, { message }) =>
      caller.unary(({ operations }, ...how) =>
        operations.retryParkedPayIns({ ids: [message], note }, ...how),
      ),
    // Its account is nobody's yet.
    says: { results: [{ result: 'parked' }] },
  },
  DiscardParkedPayIns: {
    ...actOnMany,
    about: 'parked',
    ask: (caller, { message }) =>
      caller.unary(({ operations }, ...how) =>
        operations.discardParkedPayIns({ ids: [message], note }, ...how),
      ),
    says: { results: [{ result: 'discarded' }] },
  },
};

/** Other ways to call one, which want other scopes. */
export const otherWays: Readonly<Record<string, RpcRow>> = {
  'OpenAccount with money': {
    ...rpcRows.OpenAccount,
    scopes: ['accounts:write', 'accounts:fund'],
    ask: (caller) =>
      caller.unary(({ billing }, ...how) => {
        const order = { username: 'spec', initialBalance: '5.00', ...key() };
        return billing.openAccount(order, ...how);
      }),
  },
  'DeleteAccount by force': {
    ...ofAccount,
    scopes: ['accounts:write', 'operator:act'],
    ask: (caller, { account }) => deleteAccount(caller, account, true),
    says: { alreadyDeleted: false },
  },
  'PayOuts with the token of the stream': {
    ...rpcRows.PayOuts,
    ask: (caller, { account }) => caller.payOuts(requestOf(account, '1.00'), 'stream'),
  },
};

const noClient = {
  asEverybody: 'without a token there is no client: it says nothing of any tenant',
};
const health: Omit<RpcRow, 'ask'> = { scopes: 'public', strangers: noClient };
const reflection: Omit<RpcRow, 'ask'> = {
  scopes: 'any',
  strangers: { asEverybody: 'the interface is the same for all' },
  says: { services: expect.arrayContaining(['billing.v1.Billing', 'billing.v1.Operations']) },
};

/** What else a coordinator serves; coordinator-access.spec.ts compares it with what it says it does. */
export const servedRows: Readonly<Record<string, RpcRow>> = {
  'grpc.health.v1.Health/Check': {
    ...health,
    ask: (caller) => caller.asksHealth('check'),
    says: { status: 'SERVING' },
  },
  'grpc.health.v1.Health/List': {
    ...health,
    ask: (caller) => caller.asksHealth('list'),
    says: { statuses: { 'billing.v1.Billing': { status: 'SERVING' } } },
  },
  'grpc.health.v1.Health/Watch': {
    ...health,
    ask: (caller) => caller.watchHealth(),
    says: { status: 'SERVING' },
  },
  'grpc.reflection.v1.ServerReflection/ServerReflectionInfo': {
    ...reflection,
    ask: (caller) => caller.reflect('v1'),
  },
  'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': {
    ...reflection,
    ask: (caller) => caller.reflect('v1alpha'),
  },
};

function deleteAccount(caller: RpcCaller, accountId: string, force: boolean): Promise<Outcome> {
  const order = { accountId, force, reason: force ? note : '' };
  return caller.unary(({ billing }, ...how) => billing.deleteAccount(order, ...how));
}
