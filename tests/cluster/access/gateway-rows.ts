import { randomUUID } from 'node:crypto';
import type { Scope } from '@billing/auth';
import { gatewayCalls, fillPath, sampleNames } from '../gateway/gateway-calls.js';
import type { SentCall, Subject, SubjectKind } from './access-site.js';

/**
 * What a token of another tenant is answered.
 * unknown: 404, in the words for what nobody has. unlisted: a list without it. refused: a result an item, not_found.
 * items: a result an item, not-found. parked: taken, and never credited. single: what is made is of the token's own tenant, so it must name one.
 * Else as everybody is, and why that is right.
 */
export type Strangers =
  | 'unknown'
  | 'unlisted'
  | 'refused'
  | 'parked'
  | 'items'
  | 'single'
  | { readonly asEverybody: string };

export interface GatewayRow {
  /** Each of them is wanted; public: no token is. */
  readonly scopes: readonly Scope[] | 'public';
  /** What the request names; nothing, unless said. */
  readonly about?: SubjectKind;
  readonly strangers: Strangers;
  /** The status for whoever may, and what the body says then. */
  readonly right: number;
  readonly says?: object;
  /** Where it is asked: node 1, unless said. */
  readonly at?: 'other' | 'management';
  /** Beside or instead of what gateway-calls.ts has of it. */
  readonly parts?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const counts = { asEverybody: 'figures of a datacenter as a whole: they name nobody' };
const catalogue = { asEverybody: 'the catalogue is the same for all' };
const noClient = {
  asEverybody: 'without a token there is no client: it says nothing of any tenant',
};

const open: GatewayRow = { scopes: ['accounts:write'], strangers: 'single', right: 201 };
const ofAccount = { about: 'account', strangers: 'unknown' } as const;
const readAccount: GatewayRow = { scopes: ['accounts:read'], ...ofAccount, right: 200 };
const deletion: GatewayRow = { scopes: ['accounts:write'], ...ofAccount, right: 204 };
const payIn: GatewayRow = {
  scopes: ['pay-ins:write'],
  about: 'account',
  strangers: 'parked',
  right: 202,
};
const sampleOrder = { accountId: sampleNames.account, idempotencyKey: sampleNames.uuid };
const atHome = { 'idempotency-home': 'dc1' };
const ofHold: GatewayRow = {
  scopes: ['pay-outs:write'],
  about: 'hold',
  strangers: 'unknown',
  right: 200,
  headers: atHome,
};
const watch: GatewayRow = { scopes: ['operator:read'], strangers: counts, right: 200 };
const list: GatewayRow = { scopes: ['operator:read'], strangers: 'unlisted', right: 200 };
const metric = 'metric=lag_messages';
const whole = 'limit=200';

const acts: GatewayRow = { ...list, about: 'act' };
const audit: GatewayRow = { ...list, about: 'deleted' };
const letters: GatewayRow = { ...list, about: 'letter', query: whole };
const letter: GatewayRow = { ...list, about: 'letter', strangers: 'unknown' };
const act: GatewayRow = { ...letter, scopes: ['operator:act'] };
// Its currency is none, whoever replays it.
const replay: GatewayRow = { ...act, says: { result: 'refused', reason: 'unknown_currency' } };
const correct: GatewayRow = { ...act, says: { result: 'applied' } };
const discard: GatewayRow = { ...act, says: { result: 'discarded' } };
const bulk: GatewayRow = {
  ...act,
  strangers: 'refused',
  says: { results: [{ result: 'discarded' }] },
};
const parked: GatewayRow = { ...list, about: 'parked', query: whole };
// Its account is nobody's yet.
const retry: GatewayRow = { ...bulk, about: 'parked', says: { results: [{ result: 'parked' }] } };
const discardParked: GatewayRow = { ...bulk, about: 'parked' };

/** Asked at node 2 about what is at node 1. */
const elsewhere = (row: GatewayRow): GatewayRow => ({ ...row, at: 'other' });
const open200: GatewayRow = { scopes: 'public', strangers: noClient, right: 200 };
const management: GatewayRow = { ...open200, at: 'management' };

/**
 * Every route of a gateway. What follows the path is another way to ask, which wants another scope. tests/tidy/route-rows.ts
 * compares these names with the controllers, gateway-access.spec.ts with what a gateway has registered.
 */
export const gatewayRows: Readonly<Record<string, GatewayRow>> = {
  'POST /v1/accounts': open,
  'POST /v1/accounts with money': {
    ...open,
    scopes: ['accounts:write', 'accounts:fund'],
    body: { username: 'funded', initialBalance: '5.00' },
  },
  'GET /v1/accounts': {
    ...readAccount,
    strangers: 'unlisted',
    query: `username=${sampleNames.uuid}`,
  },
  'GET /v1/accounts/{id}': readAccount,
  'DELETE /v1/accounts/{id}': { ...deletion, about: 'empty' },
  'DELETE /v1/accounts/{id} by force': {
    ...deletion,
    scopes: ['accounts:write', 'operator:act'],
    query: 'force=true&reason=spec',
  },
  'POST /v1/accounts/{id}/freeze': {
    ...ofAccount,
    scopes: ['accounts:write'],
    right: 200,
    says: { state: 'frozen' },
  },
  'POST /v1/accounts/{id}/thaw': {
    ...ofAccount,
    scopes: ['accounts:write'],
    right: 200,
    says: { state: 'open' },
  },
  'POST /v1/accounts/{id}/corrections': { ...ofAccount, scopes: ['operator:act'], right: 201 },
  'GET /v1/accounts/{id}/balance': readAccount,
  'GET /v1/accounts/{id}/transactions': readAccount,
  'GET /v1/accounts/{id}/operations': readAccount,
  'POST /v1/pay-ins': payIn,
  'POST /v1/pay-ins/bulk': {
    ...payIn,
    right: 200,
    says: { accepted: 1 },
    body: [
      {
        commandId: sampleNames.uuid,
        accountId: sampleNames.account,
        amount: '1.00',
        currency: 'USD',
      },
    ],
  },
  'GET /v1/pay-ins/{commandId}': {
    scopes: ['pay-ins:read'],
    about: 'payIn',
    strangers: 'unknown',
    right: 200,
    says: { status: 'applied' },
  },
  'POST /v1/pay-outs': { ...ofAccount, scopes: ['pay-outs:write'], right: 201 },
  'GET /v1/pay-outs/{id}': {
    scopes: ['pay-outs:read'],
    about: 'payOut',
    strangers: 'unknown',
    right: 200,
  },
  'POST /v1/pay-outs/bulk': {
    ...ofAccount,
    scopes: ['pay-outs:write'],
    strangers: 'items',
    right: 200,
    body: [{ ...sampleOrder, amount: '1.00', currency: 'USD' }],
  },
  'POST /v1/charges/bulk': {
    ...ofAccount,
    scopes: ['pay-outs:write'],
    strangers: 'items',
    right: 200,
    body: [{ ...sampleOrder, serviceId: '1', quantity: '0.01' }],
  },
  'POST /v1/pay-outs/{id}/refunds': {
    scopes: ['pay-outs:write'],
    about: 'payOut',
    strangers: 'unknown',
    right: 201,
    says: { amount: '1.00', remaining: '4.00' },
  },
  'POST /v1/pay-outs/preview': { ...ofAccount, scopes: ['pay-outs:read'], right: 200 },
  'POST /v1/charges': { ...ofAccount, scopes: ['pay-outs:write'], right: 201 },
  'POST /v1/services': { scopes: ['services:write'], strangers: catalogue, right: 201 },
  'GET /v1/services/{id}': { scopes: ['services:read'], strangers: catalogue, right: 200 },
  'POST /v1/services/{id}/prices': {
    scopes: ['services:write'],
    strangers: catalogue,
    right: 201,
    parts: { id: '2' },
  },
  'POST /v1/services/{id}/retire': {
    scopes: ['services:write'],
    strangers: catalogue,
    right: 200,
    // Of the service that is charged for above there is to be more.
    parts: { id: '3' },
  },
  'POST /v1/holds': { ...ofAccount, scopes: ['pay-outs:write'], right: 201, headers: atHome },
  'GET /v1/holds/{id}': { ...ofHold, scopes: ['pay-outs:read'] },
  'POST /v1/holds/{id}/capture': { ...ofHold, right: 201, says: { captured: '1.00' } },
  'POST /v1/holds/{id}/captures/{captureId}/refunds': {
    scopes: ['pay-outs:write'],
    about: 'capture',
    strangers: 'unknown',
    right: 201,
    says: { amount: '1.00', remaining: '4.00' },
  },
  'POST /v1/holds/{id}/void': { ...ofHold, says: { returned: '5.00' } },
  'POST /v1/holds/{id}/extend': { ...ofHold, says: { parts: [{ node: 1, over: false }] } },
  'GET /v1/services': { scopes: ['services:read'], strangers: catalogue, right: 200 },
  'GET /v1/acts': acts,
  'GET /v1/dead-letters': letters,
  'GET /v1/dead-letters/{topic}/{partition}/{offset}': letter,
  'POST /v1/dead-letters/{topic}/{partition}/{offset}/replay': replay,
  'POST /v1/dead-letters/{topic}/{partition}/{offset}/correct': correct,
  'POST /v1/dead-letters/{topic}/{partition}/{offset}/discard': discard,
  'POST /v1/dead-letters/bulk': bulk,
  'GET /v1/parked-pay-ins': parked,
  'POST /v1/parked-pay-ins/retry': retry,
  'POST /v1/parked-pay-ins/discard': discardParked,
  'GET /v1/operations/overview': watch,
  'GET /v1/operations/overview/stream': watch,
  'GET /v1/operations/node': watch,
  'GET /v1/operations/node/history': { ...watch, query: metric },
  'GET /v1/operations/history': { ...watch, query: metric },
  'GET /v1/operations/audit': audit,
  'GET /v1/operations/datacenters/{node}/audit': elsewhere(audit),
  'GET /v1/operations/datacenters/{node}/acts': elsewhere(acts),
  'GET /v1/operations/datacenters/{node}/dead-letters': elsewhere(letters),
  'GET /v1/operations/datacenters/{node}/dead-letters/{topic}/{partition}/{offset}':
    elsewhere(letter),
  'POST /v1/operations/datacenters/{node}/dead-letters/bulk': elsewhere(bulk),
  'POST /v1/operations/datacenters/{node}/dead-letters/{topic}/{partition}/{offset}/replay':
    elsewhere(replay),
  'POST /v1/operations/datacenters/{node}/dead-letters/{topic}/{partition}/{offset}/correct':
    elsewhere(correct),
  'POST /v1/operations/datacenters/{node}/dead-letters/{topic}/{partition}/{offset}/discard':
    elsewhere(discard),
  'GET /v1/operations/datacenters/{node}/parked-pay-ins': elsewhere(parked),
  'POST /v1/operations/datacenters/{node}/parked-pay-ins/retry': elsewhere(retry),
  'POST /v1/operations/datacenters/{node}/parked-pay-ins/discard': elsewhere(discardParked),
  'GET /health/live': { ...open200, says: { status: 'live' } },
  'GET /health/ready': { ...open200, says: { status: 'ready' } },
  'GET /console': { ...open200, right: 302 },
  'GET /console/*': open200,
  'GET /docs': open200,
  'GET /docs/{file}': { ...open200, parts: { file: 'start.js' } },
  'GET /openapi.json': { ...open200, says: { openapi: '3.1.1' } },
  'GET /problems/{kind}': { ...open200, parts: { kind: 'contended' } },
  'GET /health/live at the management port': { ...management, says: { status: 'live' } },
  'GET /health/ready at the management port': { ...management, says: { status: 'ready' } },
  'GET /metrics at the management port': management,
};

/** `GET /v1/accounts/{id} by force` → `GET /v1/accounts/{id}`. */
export const routeOf = (name: string): string => name.split(' ', 2).join(' ');

/** A right request of a row about its subject: what gateway-calls.ts has, with the subject's names in it. */
export function callOf(name: string, row: GatewayRow, subject: Subject): SentCall {
  const route = routeOf(name);
  const [method, path] = route.split(' ') as [string, string];
  const known = gatewayCalls.find((call) => `${call.method} ${call.path}` === route);
  const query = row.query === undefined ? '' : `?${row.query}`;
  const body = row.body ?? known?.body;
  const { headers } = row;
  const filled = fillPath(path, row.parts ?? known?.parts ?? {}) + query;
  const sent = { method, path: filled, body, headers };
  let text = JSON.stringify(sent);
  for (const [key, value] of Object.entries(sampleNames)) {
    text = text.replaceAll(value, subject[key as keyof Subject]);
  }
  return JSON.parse(text) as SentCall;
}

/** The same pay-in, letter or account, asked under an id that nobody has used. */
export const underAnotherId = (subject: Subject): Subject => ({ ...subject, uuid: randomUUID() });
