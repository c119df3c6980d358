import { Type, type TProperties } from 'typebox';
import {
  accountIdSchema,
  datacenterSchema,
  nodeSchema,
  serviceIdSchema,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
  uuidSchema,
} from './field-schemas.js';

export interface ProblemDescription {
  readonly status: number;
  /** The same request, under the same key or id, may succeed soon. */
  readonly isRetryable?: boolean;
  /** What it may have beside what every problem has. */
  readonly members?: TProperties;
  readonly meaning: string;
  /** What whoever sent the request does now. */
  readonly advice: string;
}

const ofAccount = { accountId: accountIdSchema };
/** Or of a hold. */
const ofPayOut = { payOutId: uuidSchema, holdId: uuidSchema };
const ofPayIn = { commandId: uuidSchema };
const ofHold = { holdId: uuidSchema };
const ofCapture = { captureId: uuidSchema };
const ofService = { serviceId: serviceIdSchema };
const ofNode = { node: nodeSchema };
const unreachable = { unreachableNodes: Type.Array(nodeSchema) };
const available = { available: sumSchema };
/** Of a bulk of which nothing was taken. */
const ofBulk = {
  accepted: Type.Integer(),
  rejected: Type.Integer(),
  unavailable: Type.Integer(),
  results: Type.Array(Type.Unsafe({ description: 'As of the answer that has accepted ones.' })),
};

const fixRequest = 'Change the request; sent again as it is, it is refused again.';
const sameKey =
  'Send the same request again, under the same Idempotency-Key or command id, after the seconds of Retry-After.';

/** Every type of problem that the API answers with. Served as pages (`problem-pages.ts`). */
export const problemKinds = {
  'invalid-request': {
    status: 400,
    meaning:
      'A field, a parameter, a header or the body as a whole is not what the call takes. Nothing was done.',
    advice: `errors says which field and why. ${fixRequest}`,
  },
  unauthenticated: {
    status: 401,
    meaning: 'There is no token, or one that is not believed: expired, of another issuer, altered.',
    advice: 'Get a new token and send the request with it, under the same key.',
  },
  'missing-scope': {
    status: 403,
    members: { scope: Type.String() },
    meaning: 'The token is good and does not allow this call.',
    advice: 'scope names what it lacks: whoever issues tokens can grant it.',
  },
  'missing-tenant': {
    status: 403,
    meaning:
      'The call makes something that belongs to a tenant, and the token is not of a single one.',
    advice: 'Use a token whose claim names one tenant.',
  },
  'not-found': {
    status: 404,
    members: {
      ...ofAccount,
      ...ofPayOut,
      ...ofPayIn,
      ...ofService,
      ...ofHold,
      ...ofCapture,
      id: Type.String(),
    },
    meaning: 'There is nothing at this path, or no such object, or it belongs to another tenant.',
    advice:
      'Check the id. An account that was opened a moment ago at another datacenter is here as soon as it has been replicated: send Billing-After.',
  },
  'method-not-allowed': {
    status: 405,
    meaning: 'The path is there and takes other methods.',
    advice: 'Allow says which.',
  },
  'request-timeout': {
    status: 408,
    isRetryable: true,
    meaning:
      'The request did not arrive as a whole in time. Nothing was done; the connection is closed.',
    advice: sameKey,
  },
  'body-too-large': {
    status: 413,
    meaning: 'The body is larger than the call takes. Nothing was done.',
    advice: 'Send less, a bulk call in several parts.',
  },
  'unsupported-media-type': {
    status: 415,
    meaning: 'The body is of a type, or has a content coding, that the call does not take.',
    advice: 'Send application/json without a content coding.',
  },
  'expectation-failed': {
    status: 417,
    meaning: 'The header Expect asks for something else than 100-continue.',
    advice: 'Leave it out.',
  },
  'headers-too-large': {
    status: 431,
    meaning: 'The headers are larger than 16 KiB together.',
    advice: 'Send fewer; a token that is this large has claims that nobody reads here.',
  },
  'in-progress': {
    status: 409,
    isRetryable: true,
    members: { ...ofPayOut, ...ofCapture },
    meaning:
      'The first request under this key, or the pay-out or capture that is to be refunded, has not ended yet. Nothing was done for this one.',
    advice: sameKey,
  },
  'account-deleted': {
    status: 409,
    members: ofAccount,
    meaning: 'The account was deleted. Nothing can be paid out of it or in to it any more.',
    advice: 'Nothing is to be done: a deletion is final.',
  },
  'account-frozen': {
    status: 409,
    members: ofAccount,
    meaning: 'Nothing is paid out of the account, charged or held now: its debits are frozen.',
    advice: 'Ask whoever froze it. Once it is thawed the same key may be used again.',
  },
  'account-not-empty': {
    status: 409,
    members: { ...ofAccount, left: sumSchema },
    meaning: 'The account that is to be deleted has money, or may have some where nobody answers.',
    advice: 'Pay out what is there first, or delete it by force, which wants operator:act.',
  },
  'service-exists': {
    status: 409,
    members: ofService,
    meaning: 'The catalogue has another service of that name.',
    advice: 'serviceId says which one: reprice it, or choose another name.',
  },
  'service-retired': {
    status: 409,
    members: ofService,
    meaning: 'The service is charged no more. What was charged before under the same key stands.',
    advice: 'Charge for another service: retiring one is final.',
  },
  contended: {
    status: 409,
    isRetryable: true,
    members: ofPayOut,
    meaning:
      'Others held the money of this account until the deadline, so that nobody knows whether it covers the amount. Nothing was paid.',
    advice: sameKey,
  },
  'hold-voided': {
    status: 409,
    members: { ...ofHold, captured: sumSchema },
    meaning: 'The hold was voided before: nothing of it is captured or extended any more.',
    advice: 'captured says what was. Authorise a hold of its own for the rest.',
  },
  'hold-over': {
    status: 409,
    members: { ...ofHold, captured: sumSchema },
    meaning:
      'The time of the hold is over, or of every part that was to give: what was left has been given back.',
    advice: 'captured says what was. Authorise another one, and extend it before its time is over.',
  },
  'already-resolved': {
    status: 409,
    members: { id: Type.String(), act: Type.String(), client: Type.String(), at: timeSchema },
    meaning: 'Somebody has done something else about this dead letter before.',
    advice: 'act, client and at say what, who and when.',
  },
  'idempotency-conflict': {
    status: 422,
    meaning:
      'The key came before with another request, which was not refused. This one was not looked at.',
    advice: 'A request of its own wants a key of its own.',
  },
  'refund-exceeded': {
    status: 422,
    members: { ...ofPayOut, ...ofCapture, remaining: sumSchema },
    meaning:
      'Less of the pay-out or the capture is left to refund: nothing of one that was refused, and no more than was paid. Nothing was refunded.',
    advice: 'Ask for no more than remaining.',
  },
  'balance-limit': {
    status: 422,
    members: ofAccount,
    meaning: 'The part would exceed what can be kept of one account. Nothing was changed.',
    advice: fixRequest,
  },
  'currency-mismatch': {
    status: 422,
    members: { ...ofAccount, accountCurrency: shownCurrencySchema },
    meaning: 'The account is kept in another currency. Nothing was paid.',
    advice: 'accountCurrency says which one.',
  },
  'hold-exceeded': {
    status: 422,
    members: { ...ofHold, left: sumSchema },
    meaning:
      'More is to be captured than is left of the hold; what has not been confirmed counts as captured. Nothing was paid.',
    advice: 'left says how much there is.',
  },
  'insufficient-local-funds': {
    status: 422,
    members: available,
    meaning:
      'This datacenter’s part of the account does not cover the amount, and the request forbids to ask others.',
    advice: 'Ask for no more than available, or without local_only.',
  },
  'insufficient-funds': {
    status: 422,
    members: { ...ofPayOut, ...available },
    meaning:
      'The account does not cover the amount: every datacenter was asked, twice, and together they had less at that time. Nothing was paid.',
    advice:
      'available says what there was. The key is free: the same request may be sent again once money came in.',
  },
  'too-many-requests': {
    status: 429,
    isRetryable: true,
    meaning:
      'This client has sent more in a second, or has more streams open, than it may. Nothing was done.',
    advice: sameKey,
  },
  internal: {
    status: 500,
    meaning: 'Something went wrong here that nobody expected.',
    advice:
      'Tell the operators the requestId. What moves money may be sent again under the same key: it is done once.',
  },
  unavailable: {
    status: 503,
    isRetryable: true,
    members: { ...ofAccount, ...ofPayIn, ...ofNode, ...unreachable, ...ofBulk },
    meaning: 'A part that the call needs cannot be used now. It was not done, or is not known yet.',
    advice: `${sameKey} Or send it to another datacenter.`,
  },
  overloaded: {
    status: 503,
    isRetryable: true,
    meaning: 'More waits here than can be worked off in time. Nothing was begun.',
    advice: `${sameKey} Or send it to another datacenter.`,
  },
  'outcome-unknown': {
    status: 503,
    isRetryable: true,
    members: { ...ofPayOut, ...ofPayIn, ...ofNode, home: datacenterSchema },
    meaning: 'The answer was lost: it may have been done or not.',
    advice:
      'Send the same request again under the same Idempotency-Key, a pay-in under its command id: it is done once, and the answer says what became of it.',
  },
  'datacenter-unreachable': {
    status: 503,
    isRetryable: true,
    members: ofNode,
    meaning:
      'The other datacenter whose answer was asked for is silent. An act may be done or not.',
    advice: 'node says which one. Repeat the request: an act is done once.',
  },
  'home-unreachable': {
    status: 503,
    isRetryable: true,
    members: { ...ofNode, home: datacenterSchema },
    meaning:
      'The datacenter that is the home of this key, or keeps the pay-out or the hold that is to be refunded, is silent, and nothing is known here of an outcome. Of this call nothing was sent there.',
    advice:
      'Repeat it anywhere under the same key. Where no attempt under it was ever sent, a new key with another home is safe, too; a refund waits for its datacenter.',
  },
  'insufficient-reachable-funds': {
    status: 503,
    isRetryable: true,
    members: {
      ...ofPayOut,
      ...available,
      ...unreachable,
      stranded: sumSchema,
    },
    meaning:
      'The datacenters that answer do not cover the amount; the others may have it. Nothing was paid.',
    advice: `unreachableNodes says who is silent, stranded what replicas say is there. ${sameKey}`,
  },
  'deadline-exceeded': {
    status: 504,
    isRetryable: true,
    members: ofPayOut,
    meaning:
      'It could not be decided in time. Nothing was paid, or the answer was not there in time.',
    advice: sameKey,
  },
} as const satisfies Readonly<Record<string, ProblemDescription>>;

export type ProblemKind = keyof typeof problemKinds;
