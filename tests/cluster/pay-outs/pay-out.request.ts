import { randomUUID } from 'node:crypto';
import type { PayOutRequest, PaidOut } from '@billing/contracts';
import type { Ledger } from '@billing/testing';
import { partsAt } from '../coordinator/account-parts.js';
import { aPosition } from '../coordinator/coordinator-client.js';

/** A request of US dollars under a key of its own. */
export function requestOf(
  accountId: string,
  amount: string,
  changes: Partial<PayOutRequest> = {},
): Partial<PayOutRequest> {
  return { accountId, amount, currency: 'USD', idempotencyKey: randomUUID(), ...changes };
}

/** What each node gave. */
export const gave = ({ payOut: paid }: Pick<PaidOut, 'payOut'>): Record<number, string> =>
  Object.fromEntries(paid.parts.map(({ nodeId, amount }) => [nodeId, amount]));

/** What a repeat is answered with. */
export const repeatOf = ({ payOut }: Pick<PaidOut, 'payOut'>): object => ({
  payOut,
  replayed: true,
  position: aPosition,
});

/** Each node's part, as the node itself has it. */
export function ownParts(ledgers: readonly Ledger[], accountId: string): Promise<bigint[]> {
  return Promise.all(
    ledgers.map(async (ledger, index) => (await partsAt(ledger, accountId))[index + 1]!),
  );
}
