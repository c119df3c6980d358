import type { Ledger } from '../ledger.js';
import { askEach, Tally, type Checker } from './checker.js';
import { openReservations } from './open-drains.js';

/**
 * Per account: local balances + what holds hold + open reservations - what committed decisions of pay-outs
 * take from them + transfers in transit = pay-ins + deposits + openings ± corrections - pay-outs committed
 * - what was captured.
 */
export const checkMoney: Checker = async (ledgers) => {
  const there = new Tally();
  const due = new Tally();
  for (const row of await balances(ledgers)) there.add(row.account_id, row.minor);
  for (const { accountId, amountMinor, takenMinor, isHeld } of await openReservations(ledgers)) {
    there.add(accountId, isHeld ? amountMinor : amountMinor - takenMinor);
  }
  for (const row of await inTransit(ledgers)) there.add(row.account_id, row.amount_minor);
  for (const row of await brought(ledgers)) due.add(row.account_id, row.minor);
  for (const row of await paidOut(ledgers)) due.add(row.account_id, -row.minor);
  for (const row of await captured(ledgers)) due.add(row.account_id, -row.minor);

  const accounts = new Set([...there.keys(), ...due.keys()]);
  return [...accounts]
    .filter((account) => there.of(account) !== due.of(account))
    .map(
      (account) => `account ${account} has ${there.of(account)}, should have ${due.of(account)}`,
    );
};

/**
 * Per pay-out and hold: its entries over all nodes are minus its amount once decided for and settled, and 0
 * once rejected; what is set aside and not yet closed explains any difference until then.
 */
export const checkPayOuts: Checker = async (ledgers) => {
  const gone = new Tally();
  const due = new Tally();
  for (const row of await payOutEntries(ledgers)) gone.add(row.operation_id, -row.minor);
  for (const { payOutId, amountMinor, takenMinor } of await openReservations(ledgers)) {
    due.add(payOutId, amountMinor - takenMinor);
  }
  for (const row of await payOuts(ledgers)) {
    due.add(row.id, row.status === 'committed' || row.status === 'held' ? row.amount_minor : 0n);
  }
  const ids = new Set([...gone.keys(), ...due.keys()]);
  return [...ids]
    .filter((id) => gone.of(id) !== due.of(id))
    .map((id) => `pay-out ${id} took ${gone.of(id)}, should have taken ${due.of(id)}`);
};

type Sum = { account_id: bigint; minor: bigint };

const balances = (ledgers: readonly Ledger[]) =>
  askEach<Sum>(
    ledgers,
    `/* balances */ select account_id, balance_minor + held_minor as minor from billing.account_balances
      where node_id = billing.local_node_id()`,
  );

const brought = (ledgers: readonly Ledger[]) =>
  askEach<Sum>(
    ledgers,
    `/* brought */ select account_id, sum(amount_minor)::bigint as minor from billing.transaction_log
      where node_id = billing.local_node_id()
        and operation_type in ('pay_in', 'deposit', 'opening', 'correction') group by 1`,
  );

const paidOut = (ledgers: readonly Ledger[]) =>
  askEach<Sum>(
    ledgers,
    `/* paid out */ select account_id, sum(amount_minor)::bigint as minor from billing.pay_outs
      where status = 'committed' group by 1`,
  );

const captured = (ledgers: readonly Ledger[]) =>
  askEach<Sum>(
    ledgers,
    `/* captured */ select account_id, sum(amount_minor)::bigint as minor from billing.hold_captures
      group by 1`,
  );

const payOuts = (ledgers: readonly Ledger[]) =>
  askEach<{ id: string; status: string; amount_minor: bigint }>(
    ledgers,
    '/* pay-outs */ select id, status::text, amount_minor from billing.pay_outs',
  );

const payOutEntries = (ledgers: readonly Ledger[]) =>
  askEach<{ operation_id: string; minor: bigint }>(
    ledgers,
    `/* pay-out entries */ select operation_id, sum(amount_minor)::bigint as minor
       from billing.transaction_log
      where node_id = billing.local_node_id()
        and operation_type in ('pay_out', 'reserve', 'release') group by 1`,
  );

/** Debited at the sender and not credited at the receiver, by the word of each about itself. */
async function inTransit(
  ledgers: readonly Ledger[],
): Promise<{ account_id: bigint; amount_minor: bigint }[]> {
  const sent = await askEach<{ id: string; account_id: bigint; amount_minor: bigint }>(
    ledgers,
    `/* sent */ select id, account_id, amount_minor from billing.transfers
      where node_id = billing.local_node_id() and state = 'in_transit'`,
  );
  if (sent.length === 0) return [];
  const arrived = await askEach<{ operation_id: string }>(
    ledgers,
    `/* arrived */ select operation_id from billing.transaction_log
      where node_id = billing.local_node_id() and operation_type = 'transfer_in'`,
  );
  const isThere = new Set(arrived.map(({ operation_id }) => operation_id));
  return sent.filter(({ id }) => !isThere.has(id));
}
