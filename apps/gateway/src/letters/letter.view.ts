import { formatDatacenter, formatMessageName, peekPayIn } from '@billing/contracts';
import type { Letter, LetterAct, ParkedPayIn, WholeLetter } from '@billing/database';
import { formatAmount } from '@billing/money';
import { Type } from 'typebox';
import {
  accountIdSchema,
  messageNameSchema,
  orNull,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
  uuidSchema,
  type View,
} from '../http/field-schemas.js';
import { letterStatuses } from './letter.query.js';

const name = {
  id: messageNameSchema,
  topic: Type.String(),
  partition: Type.Integer({ minimum: 0 }),
  offset: Type.String({ pattern: '^[0-9]{1,19}$' }),
  incarnation: Type.Integer({ minimum: 1 }),
};

const letterActView = Type.Object(
  {
    act: Type.String(),
    result: Type.String(),
    client: Type.String(),
    at: timeSchema,
    note: orNull(Type.String()),
    newCommandId: Type.Optional(uuidSchema),
  },
  { title: 'LetterAct' },
);

// What the message seems to say may be anything.
const letterFields = {
  ...name,
  reason: Type.String(),
  detail: Type.String(),
  commandId: orNull(Type.String()),
  accountId: orNull(Type.String()),
  amount: orNull(Type.String()),
  currency: orNull(Type.String()),
  receivedAt: timeSchema,
  status: Type.Enum(letterStatuses.filter((status) => status !== 'all')),
  acts: Type.Array(letterActView),
};

export const letterView = Type.Object(letterFields, { title: 'Letter' });

const bytesView = orNull(
  Type.Object(
    {
      base64: Type.String(),
      text: Type.Union([Type.String(), Type.Null()], { description: 'Null unless it is UTF-8.' }),
    },
    { title: 'Bytes' },
  ),
);

export const wholeLetterView = Type.Object(
  {
    ...letterFields,
    key: bytesView,
    value: bytesView,
    headers: Type.Unsafe<object>({ type: 'object', description: 'None are kept.' }),
    allowedActs: Type.Array(Type.String()),
  },
  { title: 'WholeLetter' },
);

export const letterPageView = Type.Object(
  {
    items: Type.Array(letterView),
    nextCursor: orNull(Type.String()),
    counts: Type.Object({
      open: Type.Integer({ minimum: 0 }),
      byReason: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
    }),
  },
  { title: 'LetterPage' },
);

const resultFields = {
  result: Type.String({
    description: 'applied, duplicate, parked, discarded or refused; there may be more.',
  }),
  reason: Type.Optional(Type.String({ description: 'Of a refusal.' })),
  detail: Type.Optional(Type.String()),
};

export const actResultView = Type.Object(
  { id: messageNameSchema, ...resultFields },
  { title: 'ActResult' },
);

/** `reason` and `detail` are the result's where it is refused, else the letter's. */
export const letterAfterActView = Type.Object(
  { ...letterFields, result: resultFields.result },
  { title: 'LetterAfterAct' },
);

export const actResultsView = Type.Object(
  { results: Type.Array(actResultView) },
  { title: 'ActResults' },
);

export const retryResultsView = Type.Object(
  { results: Type.Array(actResultView), waiting: Type.Integer({ minimum: 0 }) },
  { title: 'RetryResults' },
);

export const parkedView = Type.Object(
  {
    ...name,
    commandId: uuidSchema,
    accountId: accountIdSchema,
    amount: sumSchema,
    currency: shownCurrencySchema,
    parkedAt: timeSchema,
    retriedAt: orNull(timeSchema),
    tries: Type.Integer({ minimum: 0 }),
    reason: Type.Enum(['account_not_found', 'account_frozen', 'home']),
    home: orNull(Type.String()),
  },
  { title: 'ParkedPayIn' },
);

export const parkedPageView = Type.Object(
  { items: Type.Array(parkedView), nextCursor: orNull(Type.String()) },
  { title: 'ParkedPage' },
);

/** A dead letter as a list shows it. */
export function describeLetter(letter: Letter): View<typeof letterView> {
  const { amount, currency } = peekPayIn(letter.value);
  return {
    id: formatMessageName(letter),
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.offset.toString(),
    incarnation: letter.incarnation,
    reason: letter.reason,
    detail: letter.detail,
    commandId: letter.commandId ?? null,
    accountId: letter.accountId?.toString() ?? null,
    amount: amount ?? null,
    currency: currency ?? null,
    receivedAt: letter.recordedAt.toISOString(),
    status: letter.state as View<typeof letterView>['status'],
    acts: letter.acts.map((act) => describeAct(act, letter.commandId)),
  };
}

/** All of it, with its bytes and what may be done. */
export function describeWholeLetter(letter: WholeLetter): View<typeof wholeLetterView> {
  return {
    ...describeLetter(letter),
    key: describeBytes(letter.key),
    value: describeBytes(letter.value),
    // The database keeps none: nothing in this system reads headers of pay-ins.
    headers: {},
    allowedActs: allowedActs(letter),
  };
}

export function describeParked(payIn: ParkedPayIn): View<typeof parkedView> {
  return {
    id: formatMessageName(payIn),
    topic: payIn.topic,
    partition: payIn.partition,
    offset: payIn.offset.toString(),
    incarnation: payIn.incarnation,
    commandId: payIn.commandId,
    accountId: payIn.accountId.toString(),
    amount: formatAmount(payIn.amountMinor, payIn.currency),
    currency: payIn.currency,
    parkedAt: payIn.parkedAt.toISOString(),
    retriedAt: payIn.retriedAt?.toISOString() ?? null,
    tries: payIn.tries,
    reason: waitingReason(payIn),
    home: payIn.homeNodeId === undefined ? null : formatDatacenter(payIn.homeNodeId),
  };
}

function waitingReason({ homeNodeId, isFrozen }: ParkedPayIn): View<typeof parkedView>['reason'] {
  if (homeNodeId !== undefined) return 'home';
  return isFrozen ? 'account_frozen' : 'account_not_found';
}

function describeAct(act: LetterAct, ownCommandId: string | undefined): View<typeof letterActView> {
  const { commandId } = act;
  const isNew = commandId !== undefined && commandId !== ownCommandId;
  return {
    act: act.act,
    result: act.result,
    client: act.clientId,
    at: act.at.toISOString(),
    note: act.note ?? null,
    ...(isNew && { newCommandId: commandId }),
  };
}

function allowedActs({ state, reason }: Letter): string[] {
  if (state !== 'open') return [];
  return reason === 'command_conflict' ? ['correct', 'discard'] : ['replay', 'correct', 'discard'];
}

/** Text only where it says all that the bytes say; null: there are none. */
export function describeBytes(
  bytes: Buffer | null,
): { readonly base64: string; readonly text: string | null } | null {
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(bytes);
  return { base64: bytes.toString('base64'), text: isText ? text : null };
}
