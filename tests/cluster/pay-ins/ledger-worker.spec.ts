import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { eventually, type Ledger } from '@billing/testing';
import { ConfigResourceTypes } from 'kafkajs';
import { readRecords } from './asyncapi-document.js';
import { command, PAY_IN_TOPIC, type Upstream } from './upstream.js';
import { WorkerSite } from './worker-site.js';

const GROUP = 'billing-ledger-worker';
let site: WorkerSite;
let cluster: Cluster;
let ledger: Ledger;
let upstream: Upstream;

beforeAll(async () => {
  site = await WorkerSite.start({
    appEnvironment: {
      'ledger-worker': { WORKER_PARKED_RETRY_MS: '200', WORKER_PARKED_LIMIT_MS: '4000' },
    },
  });
  ({ cluster, ledger, upstream } = site);
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

const untilStored = (): Promise<void> => upstream.untilStored(ledger);

test('credits each pay-in once, however often it is produced', async () => {
  const [first, second] = (await ledger.openAccounts(2)) as [bigint, bigint];
  const commands = [
    command(first, '10.00', { reference: 'invoice "7" {a,b}\\', metadata: { source: 'spec' } }),
    command(first, '0.01'),
    command(second, '5'),
  ];
  await upstream.send(commands);
  await upstream.send(commands);
  await untilStored();
  await upstream.send(commands);
  await untilStored();

  expect(await ledger.localBalances([first, second])).toEqual(
    new Map([
      [first, 1001n],
      [second, 500n],
    ]),
  );
  expect(
    await ledger.rows(
      `select l.reference, m.metadata from billing.transaction_log l
         join billing.operation_metadata m using (operation_id) where operation_id = $1`,
      [commands[0]!.commandId],
    ),
  ).toEqual([{ reference: 'invoice "7" {a,b}\\', metadata: { source: 'spec' } }]);
  expect(await ledger.value('select count(*) from billing.dead_letters')).toBe(0n);
}, 30_000);

test('tells Kafka where it is, so that lag tools see no lag', async () => {
  await untilStored();
  const lagging = await eventually(
    async () => {
      const [committed] = await upstream.admin.fetchOffsets({
        groupId: GROUP,
        topics: [PAY_IN_TOPIC],
      });
      const ends = await upstream.admin.fetchTopicOffsets(PAY_IN_TOPIC);
      const at = new Map(committed?.partitions.map((p) => [p.partition, p.offset]));
      return ends.filter((end) => end.high !== '0' && at.get(end.partition) !== end.high);
    },
    (behind) => behind.length === 0,
  );
  expect(lagging).toEqual([]);
});

test('buries 1,000 malformed messages among 10,000 good ones and applies all the good ones', async () => {
  const accounts = await ledger.openAccounts(50);
  const before = await ledger.payInCount();
  const good = Array.from({ length: 10_000 }, (_, i) => command(accounts[i % 50]!, '1.00'));
  const malformed: ((id: string) => string)[] = [
    () => '{"commandId": "broken',
    (id) => JSON.stringify({ ...good[0], commandId: id, amount: 1 }),
    (id) => JSON.stringify({ ...good[0], commandId: id, currency: 'XXQ' }),
    (id) => JSON.stringify({ ...good[0], commandId: id, amount: '9'.repeat(30) }),
    (id) => JSON.stringify({ ...good[0], commandId: id, amount: '-3' }),
    (id) => JSON.stringify({ ...good[0], commandId: id, accountId: '999999999999' }),
    (id) => JSON.stringify({ ...good[0], commandId: id, currency: 'EUR' }),
    (id) => JSON.stringify([id]),
    () => JSON.stringify({ ...good[1], amount: '77.00' }),
    (id) => JSON.stringify({ ...good[0], commandId: id, metadata: { big: 'x'.repeat(3_000) } }),
  ];
  const messages = good.map((value) => ({
    key: value.accountId as string | null,
    value: Buffer.from(JSON.stringify(value)),
  }));
  const bad = Array.from({ length: 1_000 }, (_, i) =>
    malformed[i % malformed.length]!(randomUUID()),
  );
  // Every eleventh message is bad. The conflicting ones share a key, and so an order, with their victim.
  bad.forEach((text, i) =>
    messages.splice(i * 11 + 10, 0, { key: good[1]!.accountId, value: Buffer.from(text) }),
  );
  await upstream.sendRaw(messages);
  await untilStored();

  expect((await ledger.payInCount()) - before).toBe(10_000n);
  await eventually(
    () => ledger.value<bigint>('select count(*) from billing.parked_pay_ins'),
    (parked) => parked === 0n,
  );
  const reasons = await ledger.rows<{ reason: string; count: bigint }>(
    'select reason::text, count(*) from billing.dead_letters group by 1 order by 1',
  );
  expect(Object.fromEntries(reasons.map(({ reason, count }) => [reason, count]))).toEqual({
    account_not_found: 100n,
    command_conflict: 100n,
    currency_mismatch: 100n,
    invalid_json: 200n,
    invalid_message: 400n,
    unknown_currency: 100n,
  });

  const letters = await ledger.rows<{ message_value: Buffer }>(
    'select message_value from billing.dead_letters',
  );
  expect(letters.map(({ message_value }) => message_value.toString()).sort()).toEqual(
    [...bad].sort(),
  );
  const balances = await ledger.localBalances(accounts);
  expect([...balances.values()].every((balance) => balance === 20_000n)).toBe(true);
  expect(await ledger.unbalanced()).toBe(0n);
}, 60_000);

/** Copies that wait. */
const unpublished = (): Promise<bigint> =>
  ledger.value('select count(*) from billing.dead_letters where published_at is null');

test('copies every dead letter to billing.payin.dlq with its reason', async () => {
  await eventually(unpublished, (letters) => letters === 0n);
  const ends = await upstream.admin.fetchTopicOffsets('billing.payin.dlq');
  const copies = ends.reduce((sum, { high }) => sum + BigInt(high), 0n);
  expect(copies).toBe(await ledger.value<bigint>('select count(*) from billing.dead_letters'));
});

describe('copies that are big, together or alone', () => {
  test('are all made: what does not fit whole is cut and says so', async () => {
    const [account] = (await ledger.openAccounts(1)) as [bigint];
    const padding = 'x'.repeat(12_000);
    const foreign = (): string =>
      JSON.stringify({ ...command(account, '1.00', { currency: 'EUR' }), padding });
    const texts = [
      'x'.repeat(1_048_400),
      ...Array.from({ length: 600 }, (_, i) => String(i).padEnd(2_000, '-')),
      ...Array.from({ length: 100 }, foreign),
    ];
    const before = await ledger.value<bigint>('select count(*) from billing.dead_letters');
    for (const text of texts) {
      await upstream.sendRaw([{ key: 'one', value: Buffer.from(text), partition: 5 }]);
    }
    await eventually(
      () => ledger.value<bigint>('select count(*) from billing.dead_letters'),
      (letters) => letters === before + BigInt(texts.length),
    );
    await eventually(unpublished, (letters) => letters === 0n, 40_000);

    const copies = (await readRecords(cluster.kafkaConnection(1), 'billing.payin.dlq')).filter(
      ({ headers }) => headers['billing-partition'] === '5',
    );
    const byOffset = new Map(copies.map((copy) => [copy.headers['billing-offset'], copy]));
    const letters = await ledger.rows<{ message_offset: bigint; message_value: Buffer }>(
      'select message_offset, message_value from billing.dead_letters where partition_id = 5',
    );
    for (const { message_offset: offset, message_value: whole } of letters) {
      const { value, headers } = byOffset.get(String(offset))!;
      const isCut = whole.length === 1_048_400;
      expect(headers['billing-value-bytes']).toBe(isCut ? '1048400' : undefined);
      expect(value!.equals(isCut ? whole.subarray(0, value!.length) : whole)).toBe(true);
      expect(value!.length).toBeGreaterThan(Math.min(whole.length - 1, 100_000));
    }
  }, 90_000);

  test('hold back none that can be made: a topic that refuses one for good gets the others', async () => {
    const configure = (name: string, value: string): Promise<unknown> =>
      upstream.admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: 'billing.payin.dlq',
            configEntries: [{ name, value }],
          },
        ],
      });
    const bad = (key: string | null, size: number): Promise<void> =>
      upstream.sendRaw([{ key, value: Buffer.alloc(size, '['), partition: 7 }]);
    // Messages without a key are refused, whatever they are.
    await configure('cleanup.policy', 'compact');
    await bad(null, 10);
    for (let n = 0; n < 5; n += 1) await bad('k', 10);
    await eventually(
      () =>
        ledger.rows(
          `select message_offset, published_at is null as waits from billing.dead_letters
            where partition_id = 7 and message_value = repeat('[', 10)::bytea order by 1`,
        ),
      (rows) => rows.length === 6 && rows.every(({ waits }, i) => waits === (i === 0)),
      30_000,
    );
    // Large ones are cut further than they would have to be elsewhere; the first is tried again.
    await configure('max.message.bytes', '30000');
    await bad('k', 200_000);
    await eventually(unpublished, (letters) => letters === 0n, 40_000);
    const copies = await readRecords(cluster.kafkaConnection(1), 'billing.payin.dlq');
    const cut = copies.find(({ headers }) => headers['billing-value-bytes'] === '200000');
    expect(cut!.value).toHaveLength(10_000);
    await configure('max.message.bytes', '1048588');
  }, 90_000);

  test('take bounded memory: 115 MB of letters are copied by a worker that stays small', async () => {
    const bytesNow = async (): Promise<number> => {
      const health = cluster.healthUrl('ledger-worker', 1);
      const text = await (await fetch(new URL('/metrics', health))).text();
      return Number(/^process_resident_memory_bytes\S* (\S+)$/m.exec(text)![1]);
    };
    const before = await bytesNow();
    await ledger.value(
      `insert into billing.dead_letters
         (topic, partition_id, message_offset, incarnation, reason, detail, message_key, message_value)
       select 'billing.payin', 6, 1000000 + i, 1, 'invalid_json', 'spec', 'x',
              convert_to(repeat('0123456789', 94300), 'UTF8') from generate_series(1, 122) i
       returning 1`,
    );
    let most = before;
    await eventually(
      async () => {
        most = Math.max(most, await bytesNow());
        return unpublished();
      },
      (letters) => letters === 0n,
      60_000,
    );
    expect(Math.round((most - before) / 1_000_000)).toBeLessThan(250);
  }, 90_000);
});

test('keeps the digits of metadata, and refuses a message that says something twice', async () => {
  const [account] = (await ledger.openAccounts(1)) as [bigint];
  const commands = ['digits', 'twice', 'huge'].map(() => command(account, '1.00'));
  const [digits, twice, huge] = commands.map((one) => JSON.stringify(one)) as [
    string,
    string,
    string,
  ];
  const texts = [
    digits.replace('}', ',"metadata":{"orderId":9007199254740993,"more":[12345678901234567890]}}'),
    twice.replace('}', ',"amount":"1000.00"}'),
    huge.replace('}', ',"metadata":{"huge":1e400000}}'),
  ];
  await upstream.sendRaw(texts.map((text) => ({ key: String(account), value: Buffer.from(text) })));
  await untilStored();
  expect(
    await ledger.value(
      'select metadata::text from billing.operation_metadata where operation_id = $1',
      [commands[0]!.commandId],
    ),
  ).toBe('{"more": [12345678901234567890], "orderId": 9007199254740993}');
  const letters = await ledger.rows(
    'select command_id, reason, detail from billing.dead_letters where command_id = any ($1)',
    [commands.map(({ commandId }) => commandId)],
  );
  expect(letters).toHaveLength(2);
  expect(letters).toEqual(
    expect.arrayContaining([
      {
        command_id: commands[1]!.commandId,
        reason: 'invalid_message',
        detail: 'amount: must be given once',
      },
      {
        command_id: commands[2]!.commandId,
        reason: 'invalid_message',
        detail: expect.stringMatching(/^metadata: must /),
      },
    ]),
  );
  expect((await ledger.localBalances([account])).get(account)).toBe(100n);
});

test('parks a pay-in whose account is still on its way and credits it when it arrives', async () => {
  const unknown = 64n * 1_000_000n + 2n;
  const early = command(unknown, '3.00', { metadata: { early: true } });
  await upstream.send([early]);
  await eventually(
    () => ledger.value<bigint>('select count(*) from billing.parked_pay_ins'),
    (parked) => parked === 1n,
  );
  // What replication would do: the row of another node's account arrives.
  await ledger.value(
    `with s as (select set_config('session_replication_role', 'replica', false))
     insert into billing.accounts (id, username, currency) select $1, 'late', 'USD' from s returning id`,
    [String(unknown)],
  );
  await eventually(
    () => ledger.localBalances([unknown]),
    (balances) => balances.get(unknown) === 300n,
  );
  expect(
    await ledger.value('select metadata from billing.operation_metadata where operation_id = $1', [
      early.commandId,
    ]),
  ).toEqual({ early: true });
  expect(await ledger.value('select count(*) from billing.parked_pay_ins')).toBe(0n);
});
