import type { Cluster } from '@billing/cluster';
import { PAY_IN_TOPIC } from '@billing/contracts';
import { Kafka, logLevel, type Batch } from 'kafkajs';
import pg from 'pg';
import type { CountAt } from '../report/series.js';
import { CONNECTIONS, NODE } from '../worker-measure.js';

/** What it keeps, beside the accounts of `createSingleStatementTables`. */
const tables = `
  create table single.pay_ins (
    command_id    uuid        primary key,
    account_id    bigint      not null,
    amount_minor  bigint      not null,
    created_at    timestamptz not null default now()
  );
  create index on single.pay_ins (account_id, created_at);
  create table single.offsets (
    partition_id  integer     primary key,
    next_offset   bigint      not null
  )`;

const CREDIT = {
  name: 'credit',
  // Partitions share no account, so two of them at once wait for each other nowhere.
  text: `with given as (
           select g.* from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as g (command_id, account_id, amount_minor)
             join single.accounts a on a.id = g.account_id and a.currency = 'USD' and not a.is_deleted
            where g.amount_minor > 0
         ), fresh as (
           insert into single.pay_ins (command_id, account_id, amount_minor) select * from given
           on conflict (command_id) do nothing
           returning account_id, amount_minor
         ), credited as (
           update single.accounts a set balance_minor = a.balance_minor + s.minor
             from (select account_id, sum(amount_minor)::bigint as minor from fresh group by account_id) s
            where a.id = s.account_id
         ), stored as (
           insert into single.offsets (partition_id, next_offset) values ($4, $5)
           on conflict (partition_id) do update set next_offset = excluded.next_offset
         )
         select count(*)::int as credited from fresh`,
};

export interface ConsumedRun {
  /** Pay-ins a second, from the first batch to the last commit. */
  readonly rate: number;
  readonly overTime: readonly CountAt[];
}

/**
 * What a good engineer writes for one datacenter: whole batches of Kafka's, a statement each, as many connections as the
 * worker has. It keeps no letters, claims no partitions, packs and seals nothing, and tells nobody else.
 */
export class SingleStatementConsumer {
  private readonly pool: pg.Pool;

  constructor(private readonly cluster: Cluster) {
    this.pool = new pg.Pool({
      connectionString: cluster.connectionString(NODE),
      max: CONNECTIONS,
    });
  }

  async createTables(): Promise<void> {
    await this.pool.query(tables);
  }

  /** Begins with no pay-ins and a fresh checkpoint, as the worker does. */
  async forget(): Promise<void> {
    await this.pool.query('truncate single.pay_ins');
    await this.pool.query('vacuum single.accounts');
    await this.pool.query('checkpoint');
  }

  /** Takes as many messages from where the last run has ended. */
  async run(messageCount: number): Promise<ConsumedRun> {
    const broker = this.cluster.kafkaConnection(NODE);
    const kafka = new Kafka({ ...broker, logLevel: logLevel.ERROR });
    const consumer = kafka.consumer({ groupId: 'bench-single-statement' });
    const overTime: CountAt[] = [];
    let credited = 0;
    let firstMs = Number.NaN;
    await consumer.connect();
    await consumer.subscribe({ topic: PAY_IN_TOPIC, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const take = async ({ batch }: { batch: Batch }): Promise<void> => {
        if (Number.isNaN(firstMs)) firstMs = performance.now();
        // Not added while it is awaited: two partitions are under way at once.
        const fresh = await this.credit(batch);
        credited += fresh;
        overTime.push({ atMs: performance.now() - firstMs, count: credited });
        if (credited >= messageCount) resolve();
      };
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.run({ partitionsConsumedConcurrently: CONNECTIONS, eachBatch: take }).catch(reject);
    });
    const tookMs = overTime.at(-1)!.atMs;
    await consumer.disconnect();
    // More: it has not gone on where it had ended.
    if (credited !== messageCount) throw new Error(`credited ${credited} of ${messageCount}`);
    return { rate: (messageCount * 1_000) / tookMs, overTime };
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async credit({ partition, messages }: Batch): Promise<number> {
    const payIns = messages.map(
      ({ value }) => JSON.parse(value!.toString()) as Readonly<Record<string, string>>,
    );
    const values = [
      payIns.map((payIn) => payIn['commandId']),
      payIns.map((payIn) => payIn['accountId']),
      payIns.map((payIn) => Math.round(Number(payIn['amount']) * 100)),
      partition,
      String(BigInt(messages.at(-1)!.offset) + 1n),
    ];
    const { rows } = await this.pool.query<{ credited: number }>({ ...CREDIT, values });
    return rows[0]!.credited;
  }
}
