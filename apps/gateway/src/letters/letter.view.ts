import { formatDatacenter, formatMessageName, peekPayIn } from '@billing/contracts';
import type { Letter, LetterAct, ParkedPayIn, WholeLetter } from '@billing/database';
import { formatAmount } from '@billing/money';

/** A dead letter as a list shows it. */
export function describeLetter(letter: Letter): Record<string, unknown> {
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
    status: letter.state,
    acts: letter.acts.map((act) => describeAct(act, letter.commandId)),
  };
}

/** All of it, with its bytes and what may be done. */
export function describeWholeLetter(letter: WholeLetter): Record<string, unknown> {
  return {
    ...describeLetter(letter),
    key: describeBytes(letter.key),
    value: describeBytes(letter.value),
    // The database keeps none: nothing in this system reads headers of pay-ins.
    headers: {},
    allowedActs: allowedActs(letter),
  };
}

export function describeParked(payIn: ParkedPayIn): Record<string, unknown> {
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
    reason: payIn.homeNodeId === undefined ? 'account_not_found' : 'home',
    home: payIn.homeNodeId === undefined ? null : formatDatacenter(payIn.homeNodeId),
  };
}

function describeAct(act: LetterAct, ownCommandId: string | undefined): Record<string, unknown> {
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

function allowedActs({ state, reason }: Letter): readonly string[] {
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
