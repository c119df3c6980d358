import type { Account, Balance } from '@billing/database';
import { formatAmount } from '@billing/money';
import { Type } from 'typebox';
import {
  accountIdSchema,
  nodeSchema,
  orNull,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
  uuidSchema,
  type View,
} from '../http/field-schemas.js';

// `id` was the word of before, and goes with the next version.
const ids = {
  accountId: accountIdSchema,
  id: Type.String({
    deprecated: true,
    description: 'The same as accountId, for one more version.',
  }),
};

export const openedAccountView = Type.Object(
  { ...ids, username: Type.String(), currency: shownCurrencySchema, initialBalance: Type.String() },
  { title: 'OpenedAccount' },
);

export const accountView = Type.Object(
  {
    ...ids,
    username: Type.String(),
    currency: shownCurrencySchema,
    deleted: Type.Boolean(),
    homeNode: Type.Integer({ description: 'Of the datacenter that opened it.' }),
    createdAt: timeSchema,
    tenant: Type.String(),
  },
  { title: 'Account' },
);

export const accountPageView = Type.Object(
  { accounts: Type.Array(accountView), nextCursor: orNull(Type.String()) },
  { title: 'AccountPage' },
);

export const madeCorrectionView = Type.Object(
  {
    correctionId: uuidSchema,
    accountId: accountIdSchema,
    amount: sumSchema,
    currency: shownCurrencySchema,
    reason: Type.String(),
    balance: Type.String({ description: 'Of this part after it; of a repeat, as it is now.' }),
  },
  { title: 'Correction' },
);

const partView = Type.Object(
  {
    node: nodeSchema,
    own: Type.Boolean({ description: 'Exact; others are replicas.' }),
    reachable: Type.Boolean(),
    balance: sumSchema,
    reserved: sumSchema,
    held: sumSchema,
    asOf: Type.Union([timeSchema, Type.Null()], {
      description: 'All that its node had committed by then is in it; null: it is not known here.',
    }),
  },
  { title: 'BalancePart' },
);

export const balanceView = Type.Object(
  {
    accountId: accountIdSchema,
    currency: shownCurrencySchema,
    deleted: Type.Boolean(),
    total: sumSchema,
    spendable: sumSchema,
    reserved: sumSchema,
    held: sumSchema,
    stranded: sumSchema,
    heldStranded: sumSchema,
    clawback: sumSchema,
    parts: Type.Array(partView),
  },
  { title: 'Balance' },
);

export const transactionView = Type.Object(
  {
    id: Type.String(),
    node: nodeSchema,
    type: Type.String({
      description:
        'pay_in, deposit, opening, pay_out, reserve, release, return, refund, transfer_out, transfer_in or correction; there may be more.',
    }),
    operationId: Type.String(),
    amount: sumSchema,
    currency: shownCurrencySchema,
    reference: Type.Optional(Type.String()),
    createdAt: timeSchema,
  },
  { title: 'Transaction' },
);

export const transactionPageView = Type.Object(
  { transactions: Type.Array(transactionView), nextCursor: orNull(Type.String()) },
  { title: 'TransactionPage' },
);

export function describeAccount(account: Account): View<typeof accountView> {
  const id = account.id.toString();
  return {
    accountId: id,
    id,
    username: account.username,
    currency: account.currency,
    deleted: account.isDeleted,
    homeNode: Number(account.id % 64n),
    createdAt: account.createdAt.toISOString(),
    tenant: account.tenant,
  };
}

/** `spendable` and `stranded` are the total; what is reserved or held is in neither. `heldStranded`, of what is held, stays where it is until its node is back. `clawback` is taken of what is there, or comes. */
export function describeBalance(accountId: string, balance: Balance): View<typeof balanceView> {
  const { currency, isDeleted, totalMinor, clawbackMinor, parts } = balance;
  let spendableMinor = 0n;
  let reservedMinor = 0n;
  let heldMinor = 0n;
  let heldStrandedMinor = 0n;
  for (const part of parts) {
    if (part.isReachable) spendableMinor += part.balanceMinor;
    else heldStrandedMinor += part.heldMinor;
    reservedMinor += part.reservedMinor;
    heldMinor += part.heldMinor;
  }
  return {
    accountId,
    currency,
    deleted: isDeleted,
    total: formatAmount(totalMinor, currency),
    spendable: formatAmount(spendableMinor, currency),
    reserved: formatAmount(reservedMinor, currency),
    held: formatAmount(heldMinor, currency),
    stranded: formatAmount(totalMinor - spendableMinor, currency),
    heldStranded: formatAmount(heldStrandedMinor, currency),
    clawback: formatAmount(clawbackMinor, currency),
    parts: parts.map((part) => ({
      node: part.nodeId,
      own: part.isOwn,
      reachable: part.isReachable,
      balance: formatAmount(part.balanceMinor, currency),
      reserved: formatAmount(part.reservedMinor, currency),
      held: formatAmount(part.heldMinor, currency),
      asOf: part.asOf?.toISOString() ?? null,
    })),
  };
}
