import { unpackBatches } from '@billing/database';
import { eventually, type Ledger } from '@billing/testing';
import { CoordinatedCluster } from './coordinated-cluster.js';

// What a node's changes become at the others, with coordinators that do their duties (docs/batches.md).
let site: CoordinatedCluster;

const ledger = (nodeId: number): Ledger => site.ledger(nodeId);

beforeAll(async () => {
  site = await CoordinatedCluster.start();
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

/** Of an account, at a node: entries known, rows of the log, and what `list_transactions` shows. */
async function countsAt(nodeId: number, accountId: bigint): Promise<string> {
  return ledger(nodeId).value<string>(
    `/* counts */ select concat_ws(' ', (select count(*) from billing.entries where account_id = $1),
        (select count(*) from billing.transaction_log where account_id = $1),
        (select count(*) from billing.list_transactions($1, null, null, null, 100)),
        (select sum(entries) from billing.count_entries(array[$1], null)))`,
    [accountId],
  );
}

test('entries of other nodes become rows of the log, and own batches are sealed and forgotten', async () => {
  const [accountId] = await ledger(1).openAccounts(1);
  for (const nodeId of [1, 2, 3]) {
    await eventually(
      () =>
        ledger(nodeId).value<bigint>('select count(*) from billing.accounts where id = $1', [
          accountId,
        ]),
      (count) => count === 1n,
    );
    await ledger(nodeId).rows('/* add */ select public.deposit_balance($1, 3, $2)', [
      accountId,
      nodeId,
    ]);
  }
  for (const nodeId of [1, 2, 3]) {
    await eventually(
      () => countsAt(nodeId, accountId!),
      (counts) => counts === '3 3 3 3',
    );
    const left = `/* left */ select (select count(*) from billing.batches) + (select count(*) from billing.arrived_batches)`;
    await eventually(
      () => ledger(nodeId).value<bigint>(left),
      (count) => count === 0n,
    );
    // Its own deposit is in a seal of its own, at every node.
    const sealed = `/* sealed */ select count(*) from billing.seals s join billing.entries e
        on e.node_id = s.node_id and e.id <@ any (s.entry_ids) where e.account_id = $1`;
    await eventually(
      () => ledger(nodeId).value<bigint>(sealed, [accountId]),
      (count) => count === 3n,
    );
    expect(await sealFindings(nodeId)).toEqual([]);
  }
}, 60_000);

/** What the audit says at a node of entries of node 1, against its seals. */
async function sealFindings(nodeId: number): Promise<{ subject: string; found_minor: string }[]> {
  const rows = await ledger(nodeId).rows<{ findings: { subject: string; found_minor: string }[] }>(
    `/* seals */ select findings from billing.audit_seals(1, '', 100000)`,
  );
  return rows[0]!.findings;
}

/** With entries that arrive at node 2 still packed: whoever unpacks waits for its log, readers do not. */
async function whilePacked(prove: () => Promise<void>): Promise<void> {
  const held = await ledger(2).database.connect('holds the log');
  try {
    await held.query('hold', 'begin');
    await held.query('hold', 'lock table billing.transaction_log in share mode');
    await prove();
  } finally {
    await held.query('give back', 'rollback');
    held.release(true);
  }
  while ((await unpackBatches(ledger(2).database, 100, 1_000)).unpacked > 0);
}

/** Known at node 2 as well, with its parts. */
async function openAccount(): Promise<bigint> {
  const [accountId] = await ledger(1).openAccounts(1);
  await eventually(
    () =>
      ledger(2).value<bigint>(
        'select count(*) from billing.account_balances where account_id = $1',
        [accountId],
      ),
    (count) => count === 3n,
  );
  return accountId!;
}

const references = ['a', null, 'c', 'd', 'e'];

/** Five pay-ins of 0.01 to 0.05 by one call at node 1. The second comes twice: not all of what came is credited. */
async function payIn(topic: string, accountId: bigint): Promise<string[]> {
  const epoch = await ledger(1).value<bigint>(
    `/* claim */ select epoch from billing.claim_partition($1, 0, 'spec', 0, 100)`,
    [topic],
  );
  const commands = await ledger(1).value<string[]>(
    `select array(select gen_random_uuid() from generate_series(1, 5))`,
  );
  await ledger(1).rows(
    `/* apply */ select billing.apply_pay_ins($5, 0, $1, 0, 6, '{0,1,2,3,4,5}', $2, array_fill($3::bigint, array[6]),
        '{1,2,3,4,5,2}', array_fill('USD'::text, array[6]), $4, null, null, null, null, null,
        '', '{0,0,0,0,0,0}', '{0,0,0,0,0,0}')`,
    [epoch, [...commands, commands[1]], accountId, [...references, null], topic],
  );
  return commands;
}

test('what is still packed is read like the rest: history, a look-up, a count', async () => {
  const accountId = await openAccount();
  await whilePacked(async () => {
    const commands = await payIn('packed', accountId);
    await eventually(
      () => countsAt(2, accountId),
      (counts) => counts === '5 0 5 5',
    );
    const page = await ledger(2).rows<{ id: string; minor: string; reference: string | null }>(
      `/* history */ select operation_id::text as id, amount_minor::text as minor, reference
         from billing.list_transactions($1, null, null, null, 3)`,
      [accountId],
    );
    expect(page).toEqual(
      [4, 3, 2].map((index) => ({
        id: commands[index],
        minor: String(index + 1),
        reference: references[index],
      })),
    );
    const rest = await ledger(2).rows<{ id: string }>(
      `/* next page */ select b.operation_id::text as id from billing.list_transactions($1, null, null, null, 3) a,
          lateral billing.list_transactions($1, a.created_at, a.node_id, a.id, 10) b where a.operation_id = $2`,
      [accountId, commands[2]],
    );
    expect(rest.map(({ id }) => id)).toEqual([commands[1], commands[0]]);
    const outcome = await ledger(2).rows<{ outcome: string; node_id: number; minor: string }>(
      `/* outcome */ select outcome, node_id, amount_minor::text as minor
         from billing.get_pay_in($1, null, null, null, null)`,
      [commands[3]],
    );
    expect(outcome).toEqual([{ outcome: 'applied', node_id: 1, minor: '4' }]);
  });
  expect(await countsAt(2, accountId)).toBe('5 5 5 5');
}, 60_000);

test('an account whose opening is still packed here is not opened once more', async () => {
  const accountId = await openAccount();
  await whilePacked(async () => {
    await ledger(1).rows('/* open */ select public.add_account_balance($1, 9, 1)', [accountId]);
    await eventually(
      () => countsAt(2, accountId),
      (counts) => counts.startsWith('1 0 '),
    );
    const again = ledger(2).rows('/* open */ select public.add_account_balance($1, 9, 2)', [
      accountId,
    ]);
    await expect(again).rejects.toMatchObject({ code: 'GB011' });
  });
}, 60_000);

/** By node 1, and known at node 2. */
const untilSealed = (commandId: string): Promise<unknown> =>
  eventually(
    () =>
      ledger(2).value<bigint>(
        `/* sealed */ select count(*) from billing.seals s join billing.entries e
            on e.node_id = s.node_id and e.id <@ any (s.entry_ids) where e.operation_id = $1`,
        [commandId],
      ),
    (count) => count === 1n,
  );

/** What the audit of copies says at node 2 of parts and entries of node 1. */
async function copyFindings(): Promise<unknown[]> {
  const [copies] = await ledger(2).rows<{ status: string; findings: unknown[] }>(
    `/* copies */ select status, findings from billing.audit_copies(1, 'parts', '', 1000, 5000)`,
  );
  expect(copies!.status).toBe('checked');
  return copies!.findings;
}

test.each([
  [
    'one wrong amount',
    true,
    'update billing.arrived_batches set amounts_minor[3] = 4 where entry_count = 5',
  ],
  [
    'a reference too much',
    false,
    "update billing.arrived_batches set entry_references[2] = 'b' where entry_count = 5",
  ],
  ['nothing of it', true, 'delete from billing.arrived_batches where entry_count = 5'],
])(
  'the audit of copies finds a packed batch with %s, and so does its seal, of which references are no part: %s',
  async (name, isOfSeal, change) => {
    const accountId = await openAccount();
    await whilePacked(async () => {
      const commands = await payIn(name, accountId);
      await eventually(
        () => countsAt(2, accountId),
        (counts) => counts === '5 0 5 5',
      );
      await untilSealed(commands[0]!);
      expect(await copyFindings()).toEqual([]);
      await ledger(2).rows('create table public.kept as select * from billing.arrived_batches');
      await ledger(2).rows(change);
      expect(await copyFindings()).toEqual([
        expect.objectContaining({ check: 'copy', account_id: String(accountId) }),
      ]);
      expect(await sealFindings(2)).toHaveLength(isOfSeal ? 1 : 0);
      await ledger(2).rows('delete from billing.arrived_batches where entry_count = 5');
      await ledger(2).rows(
        'insert into billing.arrived_batches select * from public.kept where entry_count = 5',
      );
      await ledger(2).rows('drop table public.kept');
      expect(await copyFindings()).toEqual([]);
    });
    expect(await countsAt(2, accountId)).toBe('5 5 5 5');
  },
  60_000,
);
