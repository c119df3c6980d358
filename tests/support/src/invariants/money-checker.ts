import type { Ledger } from '../ledger.js';
import { askEach, Tally, type Checker } from './checker.js';
import { openReservations } from './open-drains.js';

/**
 * Per account: local balances + what holds hold + open reservations - what committed decisions of pay-outs
 * take from them + transfers in transit = pay-ins + deposits + openings ± corrections - pay-outs committed
 * - what was captured + refunds.
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
  for (const row of await refunded(ledgers)) due.add(row.account_id, row.minor);
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

/**
 * Per pay-out or hold: its refunds and their entries at its node are one amount, what its row says, and no more than was paid or
 * held; of a capture, than was captured.
 */
export const checkRefunds: Checker = async (ledgers) => {
  const rows = await refunds(ledgers);
  const wrong = rows
    .filter(
      ({ refunded_minor, rows_minor, entries_minor, amount_minor, status }) =>
        refunded_minor !== rows_minor ||
        entries_minor !== rows_minor ||
        rows_minor > (status === 'committed' || status === 'held' ? amount_minor : 0n),
    )
    .map(
      (row) =>
        `pay-out ${row.id} of ${row.amount_minor} has refunds of ${row.rows_minor}, entries of ${row.entries_minor}, says ${row.refunded_minor}`,
    );
  return [...wrong, ...(await overRefunded(ledgers))];
};

/** No more is refunded of a capture than all nodes have captured under it. */
async function overRefunded(ledgers: readonly Ledger[]): Promise<string[]> {
  const [got, back] = [new Tally(), new Tally()];
  for (const { id, minor } of await captures(ledgers)) got.add(id, minor);
  for (const { id, minor } of await refundsOfCaptures(ledgers)) back.add(id, minor);
  return [...back.keys()]
    .filter((id) => back.of(id) > got.of(id))
    .map((id) => `capture ${id} of ${got.of(id)} has refunds of ${back.of(id)}`);
}

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

const refunded = (ledgers: readonly Ledger[]) =>
  askEach<Sum>(
    ledgers,
    `/* refunded */ select p.account_id, sum(r.amount_minor)::bigint as minor
       from billing.refunds r join billing.pay_outs p on p.id = r.pay_out_id group by 1`,
  );

const refunds = (ledgers: readonly Ledger[]) =>
  askEach<{
    id: string;
    status: string;
    amount_minor: bigint;
    refunded_minor: bigint;
    rows_minor: bigint;
    entries_minor: bigint;
  }>(
    ledgers,
    `/* refunds */ select p.id, p.status::text, p.amount_minor, p.refunded_minor,
            coalesce(sum(r.amount_minor), 0)::bigint as rows_minor, coalesce(sum(e.minor), 0)::bigint as entries_minor
       from billing.pay_outs p
       left join billing.refunds r on r.pay_out_id = p.id
       left join (select operation_id, account_id, sum(amount_minor) as minor from billing.transaction_log
                   where operation_type = 'refund' and node_id = billing.local_node_id() group by 1, 2) e
              on e.operation_id = r.id and e.account_id = p.account_id
      group by p.id having p.refunded_minor > 0 or count(r.id) > 0`,
  );

const captured = (ledgers: readonly Ledger[]) =>
  askEach<Sum>(
    ledgers,
    `/* captured */ select account_id, sum(amount_minor)::bigint as minor from billing.hold_captures
      group by 1`,
  );

type Share = { id: string; minor: bigint };

const captures = (ledgers: readonly Ledger[]) =>
  askEach<Share>(
    ledgers,
    `/* captures */ select capture_id as id, sum(amount_minor)::bigint as minor from billing.hold_captures
      group by 1`,
  );

const refundsOfCaptures = (ledgers: readonly Ledger[]) =>
  askEach<Share>(
    ledgers,
    `/* refunds of captures */ select capture_id as id, sum(amount_minor)::bigint as minor from billing.refunds
      where capture_id is not null group by 1`,
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
