import type { PayOutRequestInput } from '@billing/contracts';
import { refusalOf, type PayOutsAnswer } from '../coordinator/coordinator-client.js';
import type { HoldClient } from '../coordinator/hold-client.js';
import type { Step } from './history.js';
import { toDecimal, toMinor } from './minor.js';
import type { PayOutAnswer } from './record.js';
import { silentCodes } from './silent-codes.js';

// A step of a history as a coordinator is asked for it, and what it answers as the history writes it down.

export type PayOutStep = Extract<Step, { does: 'pay_out' }>;

/** Of a charge: of the service. */
export function toRequest(
  { amount, minimum, quantity, key, localOnly, place, node }: PayOutStep,
  accountId: string,
  serviceId: string,
): PayOutRequestInput {
  return {
    accountId,
    ...toContent({ amount, minimum, quantity }, serviceId),
    idempotencyKey: key,
    drain: localOnly ? 'DRAIN_LOCAL_ONLY' : 'DRAIN_ANY',
    homeNodeId: place === 'home' ? node : 0,
  };
}

function toContent(
  { amount: minor, minimum, quantity }: Pick<PayOutStep, 'amount' | 'minimum' | 'quantity'>,
  serviceId: string,
): Partial<PayOutRequestInput> {
  const amount = toDecimal(BigInt(minor));
  if (quantity !== undefined) return { charge: { serviceId, quantity: quantity.toString() } };
  if (minimum === undefined) return { amount, currency: 'USD' };
  return { upTo: { upTo: amount, minimum: toDecimal(BigInt(minimum)) }, currency: 'USD' };
}

/** A hold. */
export async function authorise(
  client: HoldClient,
  { amount, key, localOnly, node: homeNodeId, heldForMs }: PayOutStep,
  accountId: string,
): Promise<PayOutAnswer> {
  const asked = client.authorise(accountId, toDecimal(BigInt(amount)), {
    key,
    homeNodeId,
    drain: localOnly ? 'DRAIN_LOCAL_ONLY' : 'DRAIN_ANY',
    ...(heldForMs !== undefined && { heldForMs }),
  });
  try {
    const { hold, replayed } = await asked;
    const parts = hold.parts.map((part) => [part.nodeId, toMinor(part.amount)] as const);
    return { kind: 'paid', payOutId: hold.holdId, replayed, parts: new Map(parts) };
  } catch {
    const { code, reason } = await refusalOf(asked);
    const isSilent = reason === undefined && silentCodes.includes(code);
    return { kind: 'refused', reason: isSilent ? 'OUTCOME_UNKNOWN' : (reason ?? code) };
  }
}

export function toAnswer({ response, reason }: PayOutsAnswer): PayOutAnswer {
  if (response === undefined) return { kind: 'refused', reason: reason ?? 'without a reason' };
  const { payOut, replayed } = response;
  const parts = payOut.parts.map(({ nodeId, amount }) => [nodeId, toMinor(amount)] as const);
  const { payOutId, upTo, amount } = payOut;
  const made = { kind: 'paid', payOutId, replayed, parts: new Map(parts) } as const;
  if (!upTo) return made;
  const { exhausted, unreachableNodes } = upTo;
  return {
    ...made,
    upTo: { paid: toMinor(amount), exhausted, unreachable: unreachableNodes.length },
  };
}
