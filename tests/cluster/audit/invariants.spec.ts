import { eventually, violationsOf } from '@billing/testing';
import { DrainSite } from '../drains/drain-site.js';

// Checkers that never complain prove nothing: each is shown a violation that only a superuser can make.
let site: DrainSite;
let account: string;
let payOuts: string[];
let attempt: string;

beforeAll(async () => {
  site = await DrainSite.start({ nodeCount: 2 });
  const id = await site.account({ 1: 10_000n, 2: 10_000n });
  account = id.toString();
  payOuts = [];
  for (const amountMinor of [11_000n, 100n]) {
    const drain = site.drain({ at: 1, accountId: id, amountMinor });
    await drain.run();
    attempt ??= drain.attempt.attemptId;
    payOuts.push(drain.attempt.payOutId);
  }
  await site.ledger(1).rows('/* more */ select public.deposit_balance($1, 10, 1)', [account]);
  await site.untilClean();
  // Nobody has it as a duty here.
  for (const ledger of site.ledgers) await ledger.rows('select billing.unpack_batches(1000)');
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

/** Past every guard, as a bug in the functions might. */
async function force(nodeId: number, statement: string): Promise<void> {
  const session = await site.ledger(nodeId).database.connect('force');
  try {
    await session.query('role', 'set session_replication_role = replica');
    await session.query('force', statement);
  } finally {
    session.release(true);
  }
}

/** Names of the invariants that do not hold. */
async function broken(): Promise<string[]> {
  const names = (await violationsOf(site.ledgers)).map(
    (violation) => /^not "(.+?)":/.exec(violation)![1]!,
  );
  return [...new Set(names)].sort();
}

const MONEY = 'money is exact per account';
const PAY_OUTS = 'money is exact per pay-out';
const REFUNDS = 'refunds are exact per pay-out';
const ENTRIES = 'a balance is the sum of its entries';
const RESERVED = 'reserved_minor is the sum of the open reservations';
const NEGATIVE = 'no balance is below zero';
const DOUBT = 'nothing is in doubt';
const REPLICAS = 'replicas equal their source';

const entry = (type: string, minor: number, operation = 'gen_random_uuid()'): string =>
  `insert into billing.transaction_log (id, account_id, amount_minor, operation_id, node_id, operation_type)
   values (${minor > 0 ? -1 : -2}, ${account}, ${minor}, ${operation}, 1, '${type}');`;
const unentry = 'delete from billing.transaction_log where id < 0;';
const change = (column: string, by: number, node = 1): string =>
  `update billing.account_balances set ${column} = ${column} + ${by}
    where account_id = ${account} and node_id = ${node};`;
const payOutRow = (columns: string): string =>
  `update billing.pay_outs set ${columns} where id = '${payOuts[1]}';`;
const attemptRow = (columns: string): string =>
  `update billing.pay_out_attempts set ${columns} where id = '${attempt}';`;
const reservation = (columns: string): string =>
  `update billing.reservations set ${columns} where attempt_id = '${attempt}';`;
const transfer = (state: string): string =>
  `insert into billing.transfers (id, node_id, to_node_id, account_id, amount_minor, state)
   values ('00000000-0000-4000-8000-000000000001', 1, 2, ${account}, 5, '${state}');`;
const untransfer = 'delete from billing.transfers;';

interface Violation {
  readonly name: string;
  readonly at: number;
  readonly breaks: readonly string[];
  readonly plant: () => string;
  readonly mend: () => string;
}

const violations: Violation[] = [
  {
    name: 'money from nowhere, with its entry',
    at: 1,
    breaks: [MONEY, REPLICAS],
    plant: () => entry('transfer_in', 5) + change('balance_minor', 5),
    mend: () => unentry + change('balance_minor', -5),
  },
  {
    name: 'money that left and never arrived',
    at: 1,
    breaks: [MONEY, REPLICAS],
    plant: () => entry('transfer_out', -5) + change('balance_minor', -5) + transfer('delivered'),
    mend: () => unentry + change('balance_minor', 5) + untransfer,
  },
  {
    name: 'a committed pay-out that gave something back',
    at: 1,
    breaks: [MONEY, PAY_OUTS, REPLICAS],
    plant: () => entry('release', 5, `'${payOuts[0]}'`) + change('balance_minor', 5),
    mend: () => unentry + change('balance_minor', -5),
  },
  {
    name: 'one pay-out that is paid by another',
    at: 1,
    breaks: [PAY_OUTS, REPLICAS],
    plant: () => entry('release', 5, `'${payOuts[0]}'`) + entry('pay_out', -5, `'${payOuts[1]}'`),
    mend: () => unentry,
  },
  {
    name: 'a pay-out that is said to be rejected and was paid',
    at: 1,
    breaks: [MONEY, PAY_OUTS],
    plant: () => payOutRow("status = 'rejected'"),
    mend: () => payOutRow("status = 'committed'"),
  },
  {
    name: 'a refund that gave nothing back',
    at: 1,
    breaks: [MONEY, REFUNDS],
    plant: () =>
      `insert into billing.refunds (id, pay_out_id, tenant, client_id, fingerprint, amount_minor, created_at)
       values (gen_random_uuid(), '${payOuts[1]}', 'default', 'spec', '', 5, now());`,
    mend: () => 'delete from billing.refunds',
  },
  {
    name: 'a pay-out that says more was refunded than was',
    at: 1,
    breaks: [REFUNDS],
    plant: () => payOutRow('refunded_minor = 1'),
    mend: () => payOutRow('refunded_minor = 0'),
  },
  {
    name: 'a balance that changed without an entry',
    at: 2,
    breaks: [ENTRIES, MONEY, REPLICAS],
    plant: () => change('balance_minor', 1, 2),
    mend: () => change('balance_minor', -1, 2),
  },
  {
    name: 'an entry without its change',
    at: 1,
    breaks: [ENTRIES, REPLICAS],
    plant: () => entry('transfer_in', 5),
    mend: () => unentry,
  },
  {
    name: 'a part that shows more reserved than is',
    at: 2,
    breaks: [RESERVED, REPLICAS],
    plant: () => change('reserved_minor', 1, 2),
    mend: () => change('reserved_minor', -1, 2),
  },
  {
    name: 'a negative balance, even of a copy',
    at: 1,
    breaks: [NEGATIVE, REPLICAS],
    plant:
      () => `alter table billing.account_balances drop constraint account_balances_balance_minor_check;
                  ${change('balance_minor', -1_000_000, 2)}`,
    mend: () => `${change('balance_minor', 1_000_000, 2)}
                 alter table billing.account_balances add check (balance_minor >= 0);`,
  },
  {
    name: 'an attempt that is pending for ever',
    at: 1,
    breaks: [DOUBT],
    plant: () => attemptRow("state = 'pending'"),
    mend: () => attemptRow("state = 'committed'"),
  },
  {
    name: 'a pay-out that is pending for ever, though it was paid',
    at: 1,
    breaks: [DOUBT, MONEY, PAY_OUTS],
    plant: () => payOutRow("status = 'pending'"),
    mend: () => payOutRow("status = 'committed'"),
  },
  {
    name: 'a node that has not heard a decision',
    at: 1,
    breaks: [DOUBT],
    plant: () => attemptRow("untold_nodes = '{2}'"),
    mend: () => attemptRow("untold_nodes = '{}'"),
  },
  {
    // All that it holds is taken by the decision: the money adds up, and it is open all the same.
    name: 'a reservation that was forgotten after its money was spent',
    at: 2,
    breaks: [DOUBT, RESERVED],
    plant: () => reservation("state = 'reserved', settled_minor = 0"),
    mend: () => reservation("state = 'settled', settled_minor = amount_minor"),
  },
  {
    name: 'a reservation that holds what it does not have',
    at: 2,
    breaks: [DOUBT, MONEY, PAY_OUTS, RESERVED],
    plant: () =>
      reservation("state = 'reserved', settled_minor = 0, amount_minor = amount_minor + 1"),
    mend: () =>
      reservation(
        "state = 'settled', settled_minor = amount_minor - 1, amount_minor = amount_minor - 1",
      ),
  },
  {
    name: 'a transfer that never ends',
    at: 1,
    breaks: [DOUBT, REPLICAS],
    plant: () => entry('transfer_out', -5) + change('balance_minor', -5) + transfer('in_transit'),
    mend: () => unentry + change('balance_minor', 5) + untransfer,
  },
  {
    name: 'a copy of a balance that missed a change',
    at: 1,
    breaks: [REPLICAS],
    plant: () => change('balance_minor', 1, 2),
    mend: () => change('balance_minor', -1, 2),
  },
  {
    name: 'a copy of an entry that is missing',
    at: 2,
    breaks: [REPLICAS],
    plant: () =>
      "update billing.transaction_log set node_id = 63 where node_id = 1 and operation_type = 'deposit'",
    mend: () => 'update billing.transaction_log set node_id = 1 where node_id = 63',
  },
  {
    name: 'a copy of a decision that says something else',
    at: 2,
    breaks: [REPLICAS],
    plant: () =>
      "update billing.drain_decisions set decision = 'aborted' where decision = 'committed'",
    mend: () =>
      "update billing.drain_decisions set decision = 'committed' where decision = 'aborted'",
  },
];

/** Copies follow within milliseconds; what is expected must come, and nothing else stay. */
const untilBroken = (names: readonly string[]): Promise<string[]> =>
  eventually(broken, (found) => found.join() === [...names].sort().join(), 5_000);

test.each(violations)('$name is noticed', async ({ at, breaks, plant, mend }) => {
  await untilBroken([]);
  await force(at, plant());
  try {
    await untilBroken(breaks);
  } finally {
    await force(at, mend());
  }
  await untilBroken([]);
});
