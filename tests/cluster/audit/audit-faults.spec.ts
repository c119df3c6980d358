import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { eventually } from '@billing/testing';
import { AuditSite } from './audit-site.js';
import { metricsUrl } from '../../monitoring/prometheus-process.js';

// Two servers, their replication and coordinators on two cores that others may use, too.
jest.setTimeout(60_000);

// A check that never complains proves nothing: each is shown a fault that only a superuser can make. It must
// be found by the auditors in the background and by npx billing verify, with node, account and difference,
// and nothing else may be; then it is mended, and marked as resolved. What is changed past the guards is packed by nobody and stays
// where it is (docs/batches.md), so copies of it differ, too.
let site: AuditSite;
let account: string;
let paid: string;
let drained: string;
let attempt: string;

beforeAll(async () => {
  site = await AuditSite.start({
    COORDINATOR_AUDIT_INTERVAL_MS: '50',
    COORDINATOR_AUDIT_PASS_MS: '200',
    COORDINATOR_AUDIT_THOROUGH_PASS_MS: '500',
  });
  account = (await site.base.account({ 1: 10_000n, 2: 10_000n })).toString();
  await untilSeals(1);
  expect(await site.pay(1, account, '110.00')).toBe(true);
  await untilSeals(2);
  await site.payIn(1, [account, account], '50.00');
  await untilSeals(3);
  expect(await site.pay(1, account, '1.00')).toBe(true);
  await site.base.untilClean();
  const rows = await site.base
    .ledger(1)
    .rows<{ id: string }>('select id::text from billing.pay_outs order by created_at');
  [drained, paid] = rows.map(({ id }) => id) as [string, string];
  attempt = await site.base.ledger(1).value('select id::text from billing.pay_out_attempts');
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

/** Node 1 has sealed that often. */
async function untilSeals(count: number): Promise<void> {
  const last = '/* seals */ select coalesce(max(number), 0) from billing.seals where node_id = 1';
  await eventually(
    () => site.base.ledger(1).value<bigint>(last),
    (number) => number >= BigInt(count),
  );
}

const operation = "'00000000-0000-4000-8000-000000000001'";
const ofNode = (node: number): string => `'01900000-0000-800${node}-8000-000000000001'`;

const entry = (type: string, minor: number, id = operation, node = 1): string =>
  `insert into billing.transaction_log (id, account_id, amount_minor, operation_id, node_id, operation_type)
   values (-1, ${account}, ${minor}, ${id}, ${node}, '${type}');`;
const unentry = 'delete from billing.transaction_log where id < 0;';
const change = (column: string, by: number, node: number): string =>
  `update billing.account_balances set ${column} = ${column} + ${by}
    where account_id = ${account} and node_id = ${node};`;
const payOutRow = (columns: string): string =>
  `update billing.pay_outs set ${columns} where id = '${paid}';`;
const reservation = (columns: string): string =>
  `update billing.reservations set ${columns} where attempt_id = '${attempt}' and round = 1;`;
const transfer = (state: string): string =>
  `insert into billing.transfers (id, node_id, to_node_id, account_id, amount_minor, state)
   values (${operation}, 1, 2, ${account}, 5, '${state}');`;
const untransfer = 'delete from billing.transfers;';
/** Set aside at node 2 for a drain of `home` that nobody knows. */
const lost = (home: number): string =>
  `insert into billing.reservations (attempt_id, round, account_id, pay_out_id, coordinator_node_id, amount_minor,
                                     state, reserved_at, deadline_at)
   values (${operation}, 1, ${account}, ${ofNode(home)}, ${home}, 5, 'reserved', now(), now() - interval '1 day');
   ${entry('reserve', -5, ofNode(home), 2)} ${change('balance_minor', -5, 2)} ${change('reserved_minor', 5, 2)}`;
const unlost = (): string =>
  `delete from billing.reservations where attempt_id = ${operation};
   ${unentry} ${change('balance_minor', 5, 2)} ${change('reserved_minor', -5, 2)}`;

/** The deposit at node 1, as if another amount had come in. */
const changeDeposit = (by: number): string =>
  `update billing.transaction_log set amount_minor = amount_minor + ${by} where node_id = 1 and operation_type = 'deposit';
   ${change('balance_minor', by, 1)} ${change('income_minor', by, 1)}`;
const changeSeal = (columns: string): string =>
  `create table if not exists public.kept_seal as select * from billing.seals where node_id = 1 and number = 2;
   update billing.seals set ${columns} where node_id = 1 and number = 2;`;

interface Fault {
  readonly name: string;
  readonly at: number;
  /** `node check difference`, of the account; the ones of `money` are for verify alone. */
  readonly found: readonly string[];
  readonly plant: () => string;
  readonly mend: () => string;
}

const faults: Fault[] = [
  {
    name: 'a balance that was edited',
    at: 2,
    found: ['dc2 balance +5', 'all money +5', 'dc1 copy -5'],
    plant: () => change('balance_minor', 5, 2),
    mend: () => change('balance_minor', -5, 2),
  },
  {
    name: 'an entry without its change',
    at: 1,
    found: ['dc1 balance -5', 'dc1 income -5', 'dc1 arrival +5', 'dc2 copy 0'],
    plant: () => entry('transfer_in', 5),
    mend: () => unentry,
  },
  {
    name: 'a part that shows more reserved than is',
    at: 2,
    found: ['dc2 reserved +1', 'dc1 copy 0'],
    plant: () => change('reserved_minor', 1, 2),
    mend: () => change('reserved_minor', -1, 2),
  },
  {
    name: 'income that nothing brought',
    at: 1,
    found: ['dc1 income +1', 'dc2 copy 0'],
    plant: () => change('income_minor', 1, 1),
    mend: () => change('income_minor', -1, 1),
  },
  {
    name: 'money from a transfer that nobody sent',
    at: 1,
    found: ['dc1 arrival +5', 'all money +5', 'dc2 copy -5'],
    plant: () =>
      entry('transfer_in', 5) + change('balance_minor', 5, 1) + change('income_minor', 5, 1),
    mend: () => unentry + change('balance_minor', -5, 1) + change('income_minor', -5, 1),
  },
  {
    name: 'money that left without a transfer',
    at: 1,
    found: ['dc1 transfer +5', 'all money -5', 'dc2 copy +5'],
    plant: () => entry('transfer_out', -5) + change('balance_minor', -5, 1),
    mend: () => unentry + change('balance_minor', 5, 1),
  },
  {
    name: 'a transfer that is called delivered and never arrived',
    at: 1,
    found: ['dc2 transfer -5', 'all money -5', 'dc2 copy +5'],
    plant: () => entry('transfer_out', -5) + change('balance_minor', -5, 1) + transfer('delivered'),
    mend: () => unentry + change('balance_minor', 5, 1) + untransfer,
  },
  {
    name: 'a transfer that took nothing from its sender',
    at: 1,
    found: ['dc1 transfer -5', 'dc2 transfer -5'],
    plant: () => transfer('delivered'),
    mend: () => untransfer,
  },
  {
    name: 'a pay-out that is called rejected and was paid',
    at: 1,
    found: ['dc1 pay_out +100', 'all money -100'],
    plant: () => payOutRow("status = 'rejected'"),
    mend: () => payOutRow("status = 'committed'"),
  },
  {
    name: 'a charge of another amount than its price times its quantity',
    at: 1,
    found: ['dc1 charge -101'],
    plant: () => payOutRow(`charge = '{"service_id": "1", "quantity": "3", "price": "0.67"}'`),
    mend: () => payOutRow('charge = null'),
  },
  {
    name: 'a pay-out without its entry',
    at: 1,
    found: ['dc1 pay_out -100', 'dc1 seal - 0', 'all money +100', 'dc2 copy 0'],
    plant: () =>
      `update billing.transaction_log set operation_type = 'correction' where operation_id = '${paid}'`,
    mend: () =>
      `update billing.transaction_log set operation_type = 'pay_out' where operation_id = '${paid}'`,
  },
  {
    name: 'a refund that nobody made',
    at: 1,
    found: ['dc1 refund +5', 'all money +5', 'dc2 copy -5'],
    plant: () => entry('refund', 5) + change('balance_minor', 5, 1) + change('income_minor', 5, 1),
    mend: () => unentry + change('balance_minor', -5, 1) + change('income_minor', -5, 1),
  },
  {
    name: 'a refund without its entry, which its pay-out does not know',
    at: 1,
    found: ['dc1 refund -5', 'dc1 refund -5'],
    plant: () =>
      `insert into billing.refunds values (${operation}, '${paid}', '', '', null, null, '', 5, null, null, now())`,
    mend: () => 'delete from billing.refunds',
  },
  {
    name: 'a drain that gave something back at home',
    at: 1,
    found: ['dc1 pay_out -5', 'all money +5', 'dc2 copy -5'],
    plant: () => entry('release', 5, `'${drained}'`) + change('balance_minor', 5, 1),
    mend: () => unentry + change('balance_minor', -5, 1),
  },
  {
    name: 'a drain that gave something back at its donor',
    at: 2,
    found: ['dc2 pay_out -5', 'all money +5', 'dc1 copy -5'],
    plant: () => entry('release', 5, `'${drained}'`, 2) + change('balance_minor', 5, 2),
    mend: () => unentry + change('balance_minor', -5, 2),
  },
  {
    name: 'a donor that settled less than was decided',
    at: 2,
    found: ['dc2 pay_out +1', 'dc2 drain -1', 'dc2 drain -1', 'dc2 decision -1'],
    plant: () => reservation('settled_minor = settled_minor - 1'),
    mend: () => reservation('settled_minor = settled_minor + 1'),
  },
  {
    name: 'money that is set aside for a drain that its node does not know',
    at: 2,
    found: ['dc2 in_doubt +5', 'dc1 copy +5'],
    plant: () => lost(1),
    mend: unlost,
  },
  {
    name: 'money that is set aside for an own drain that was never begun',
    at: 2,
    found: ['dc2 in_doubt +5', 'dc2 drain +5', 'dc2 pay_out +5', 'dc1 copy +5'],
    plant: () => lost(2),
    mend: unlost,
  },
  {
    name: 'a copy of a balance that was edited',
    at: 1,
    found: ['dc1 copy +1'],
    plant: () => change('balance_minor', 1, 2),
    mend: () => change('balance_minor', -1, 2),
  },
  {
    name: 'a copy below zero',
    at: 1,
    found: ['dc1 copy -1000000', 'dc2 negative -991000'],
    plant:
      () => `alter table billing.account_balances drop constraint account_balances_balance_minor_check;
                  ${change('balance_minor', -1_000_000, 2)}`,
    mend: () => `${change('balance_minor', 1_000_000, 2)}
                 alter table billing.account_balances add check (balance_minor >= 0);`,
  },
  {
    name: 'a copy of an entry that is missing',
    at: 2,
    found: ['dc2 copy 0', 'dc2 seal - -1'],
    plant: () =>
      "update billing.transaction_log set node_id = 63 where node_id = 1 and operation_type = 'deposit'",
    mend: () => 'update billing.transaction_log set node_id = 1 where node_id = 63',
  },
  {
    name: 'a copy of a decision that says something else',
    at: 2,
    found: ['dc2 copy 0', 'dc2 drain +1000'],
    plant: () => "update billing.drain_decisions set taken_nodes = '{1,1}'",
    mend: () => "update billing.drain_decisions set taken_nodes = '{1,2}'",
  },
  {
    name: 'an old entry that was changed at home, with all that hangs on it',
    at: 1,
    found: ['dc1 seal - 0', 'dc2 copy -5'],
    plant: () => changeDeposit(5),
    mend: () => changeDeposit(-5),
  },
  {
    name: 'a seal that was changed at home',
    at: 1,
    // It, and the one that names it by its digest; each as it was at the other node.
    found: ['dc1 seal - 0', 'dc1 seal - 0', 'dc2 copy - 0'],
    plant: () => changeSeal('digest = sha256(digest)'),
    mend: () => changeSeal('digest = (select digest from public.kept_seal)'),
  },
  {
    name: 'a copy of a seal whose time is another',
    at: 2,
    found: ['dc2 seal - 0', 'dc2 copy - 0'],
    plant: () => changeSeal("sealed_at = sealed_at + interval '1 day'"),
    mend: () => changeSeal("sealed_at = sealed_at - interval '1 day'"),
  },
  {
    name: 'a copy of a seal that has an entry less',
    at: 2,
    found: ['dc2 seal - +1', 'dc2 copy - -1'],
    plant: () => changeSeal('entry_count = entry_count - 1'),
    mend: () => changeSeal('entry_count = entry_count + 1'),
  },
  {
    name: 'a copy of a seal that is missing',
    at: 2,
    found: ['dc2 seal - 0', 'dc2 copy - -1'],
    plant: () => 'update billing.seals set node_id = 63 where node_id = 1 and number = 2',
    mend: () => 'update billing.seals set node_id = 1 where node_id = 63',
  },
];

const expected = (found: readonly string[]): string[] =>
  found
    .map((text) => (text.includes(' - ') ? text : text.replace(/ (\S+)$/, ` ${account} $1`)))
    .sort();

async function untilFound(found: readonly string[]): Promise<void> {
  const all = expected(found).join('\n');
  const published = expected(found.filter((text) => !text.startsWith('all '))).join('\n');
  const is = (wanted: string) => (seen: readonly string[]) => seen.join('\n') === wanted;
  await eventually(() => site.published(), is(published), 15_000);
  await eventually(async () => (await site.verify()).faults, is(all), 10_000);
  // Nothing came after it.
  expect(await site.published()).toEqual(expected(found.filter((text) => !/^all /.test(text))));
}

test.each(faults)('$name is found, and nothing else', async ({ at, found, plant, mend }) => {
  await untilFound([]);
  await site.force(at, plant());
  try {
    await untilFound(found);
  } finally {
    await site.force(at, mend());
  }
  await untilFound([]);
});

test('a command that was credited twice is found', async () => {
  const index = 'billing.transaction_log_once';
  const { ledgers } = site.base;
  // Replication would stop at a second one, too.
  for (const one of ledgers) await one.rows(`drop index ${index}`);
  const twice = entry('pay_in', 5) + entry('pay_in', 5).replace('-1,', '-2,');
  const more = change('balance_minor', 10, 1) + change('income_minor', 10, 1);
  await site.force(1, twice + more);
  try {
    await untilFound(['dc1 pay_in +5', 'dc2 copy -10']);
  } finally {
    await site.force(1, unentry + more.replaceAll('+ 10', '- 10'));
  }
  await untilFound([]);
  for (const one of ledgers) {
    await one.rows(`create unique index transaction_log_once
      on billing.transaction_log (operation_id, node_id, operation_type)
      where operation_type in ('pay_in', 'transfer_in')`);
  }
});

test('a copy of a service that nobody offers is found', async () => {
  await site.force(2, "insert into billing.services values (99, 'ghost', 100, 'USD')");
  await eventually(
    () => site.published(),
    (seen) => seen.join() === 'dc2 copy - +100',
  );
  expect((await site.verify()).faults).toEqual(['dc2 copy - +100']);
  await site.force(2, 'delete from billing.services where id = 99');
  await untilFound([]);
});

test('a stored offset that went back is found', async () => {
  const offset = '/* remembered */ select next_offset from billing.audit_offsets';
  await eventually(
    () => site.base.ledger(1).value<bigint>(offset),
    (seen) => seen === 2n,
  );
  const set = (value: number): Promise<void> =>
    site.force(1, `update billing.consumer_offsets set next_offset = ${value}`);
  await set(1);
  const found = (seen: readonly string[]): boolean => seen.join() === 'dc1 offset - -1';
  await eventually(() => site.published(), found);
  expect((await site.verify()).faults).toEqual(['dc1 offset - -1']);
  await set(2);
  await untilFound([]);
});

test('money that arrives before the deletion has been replicated is no fault, but listed until it is taken out', async () => {
  const late = (await site.base.account({})).toString();
  const holder = await site.base.ledger(2).database.connect('spec');
  try {
    // Replicated changes of accounts wait for it; pay-ins only read them.
    await holder.query('begin', 'begin');
    await holder.query('hold', 'lock table billing.accounts in share mode');
    expect(await site.client(1).deleteAccount(late)).toMatchObject({ alreadyDeleted: false });
    await site.payIn(2, [late], '7.00');
  } finally {
    await holder.query('rollback', 'rollback');
    holder.release(true);
  }
  const listed = async (): Promise<unknown> => {
    const { exitCode, out } = await site.billing('audit', '--json');
    return [exitCode, (JSON.parse(out) as { moneyOfDeleted: unknown }).moneyOfDeleted];
  };
  const there = [{ auditor: 'dc2', accountId: late, amount: '7.00', currency: 'USD' }];
  await eventually(listed, (seen) => JSON.stringify(seen) === JSON.stringify([0, there]));
  expect((await site.billing('audit')).out).toMatch(
    new RegExp(`seen by +account +left\\ndc2 +${late} +7\\.00 USD`),
  );
  const metric = async (): Promise<string | undefined> => {
    const text = await fetch(metricsUrl(site.base.cluster, 'coordinator', 2)).then((r) => r.text());
    return /^billing_deleted_accounts_with_money\{.*\} (\d+)$/m.exec(text)?.[1];
  };
  await eventually(metric, (seen) => seen === '1', 15_000);

  const correction = { accountId: late, currency: 'USD', idempotencyKey: randomUUID() };
  expect(
    await site.client(2).correctBalance({ ...correction, amount: '-7', reason: 'sent back' }),
  ).toMatchObject({ balance: '0.00', replayed: false });
  expect(await listed()).toEqual([0, []]);
  await eventually(metric, (seen) => seen === '0', 15_000);
  await untilFound([]);
});
