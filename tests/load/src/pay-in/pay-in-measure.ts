import type { Cluster, ClusterOptions } from '@billing/cluster';
import { PAY_IN_TOPIC } from '@billing/contracts';
import type { Database } from '@billing/database';
import { openDatabase, stopPeers, withCluster } from '../bench-cluster.js';
import { fillTopic, prepareMessages } from '../commands.js';
import { createSingleStatementTables } from '../pay-out/single-statement-tables.js';
import type { CountAt } from '../report/series.js';
import { CONNECTIONS, driveWorker, forgetEntries, NODE, openAccounts } from '../worker-measure.js';
import { consumeOneByOne } from './one-by-one-consumer.js';
import { SingleStatementConsumer } from './single-statement-consumer.js';
import { driveSql } from './sql-alone.js';

export interface PayInOptions {
  readonly messages: number;
  readonly accounts: number;
  readonly rounds: number;
}

export interface PayInRound {
  readonly workerRate: number;
  readonly workerOverTime: readonly CountAt[];
  readonly memoryMb: number;
  /** Of the consumer of one statement a batch. */
  readonly baselineRate: number;
  readonly baselineOverTime: readonly CountAt[];
  readonly sqlRate: number;
}

/** All rates are pay-ins a second. */
export interface PayInRuns {
  readonly options: PayInOptions;
  /** The batch size that suits the SQL alone best: that of the rounds. */
  readonly batchSize: number;
  readonly rounds: readonly PayInRound[];
  readonly oneByOneRate: number;
}

export const payInDatacenters: ClusterOptions = {
  nodeCount: 3,
  members: ['postgres', 'kafka', 'ledger-worker'],
};

const SQL_BATCH_SIZES = [2_000, 4_000, 8_000];
const ONE_BY_ONE_MS = 10_000;
const ONE_BY_ONE_MESSAGES = 50_000;
/** What they have to begin with does not matter: nobody takes from it. */
const BALANCE_MINOR = 0n;

/** Leaves one datacenter, whose worker waits to be started. */
export async function quieten(cluster: Cluster): Promise<void> {
  await stopPeers(cluster, NODE);
  await cluster.stopMember('ledger-worker', NODE);
}

/** The worker from Kafka into PostgreSQL, the consumer of one statement a batch and the SQL alone, in turn. */
export async function measurePayIns(options: PayInOptions): Promise<PayInRuns> {
  let measured: PayInRuns | undefined;
  await withCluster(payInDatacenters, async (cluster) => {
    await quieten(cluster);
    const database = openDatabase(cluster, NODE, CONNECTIONS);
    const baseline = new SingleStatementConsumer(cluster);
    try {
      const accountIds = await openAccounts(database, options.accounts);
      await createSingleStatementTables(database, accountIds.map(String), BALANCE_MINOR);
      await baseline.createTables();
      measured = await new PayInBench(cluster, database, baseline, accountIds, options).run();
    } finally {
      await baseline.close();
      await database.close();
    }
  });
  return measured!;
}

class PayInBench {
  constructor(
    private readonly cluster: Cluster,
    private readonly database: Database,
    private readonly baseline: SingleStatementConsumer,
    private readonly accountIds: readonly bigint[],
    private readonly options: PayInOptions,
  ) {}

  async run(): Promise<PayInRuns> {
    const { options } = this;
    console.log(`${options.messages} pay-ins for ${this.accountIds.length} accounts`);
    const batchSize = await this.findBatchSize();
    // In turn, and compared round by round: the machine's speed may drift.
    const rounds: PayInRound[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      const measured = await this.measureRound(round, batchSize);
      rounds.push(measured);
      describe(measured, round, batchSize);
    }
    return { options, batchSize, rounds, oneByOneRate: await this.driveOneByOne() };
  }

  private async findBatchSize(): Promise<number> {
    let best = { size: 0, rate: 0 };
    for (const size of SQL_BATCH_SIZES) {
      const rate = await this.driveSql(size);
      console.log(`SQL alone, ${size} a call, ${CONNECTIONS} connections: ${Math.round(rate)}/s`);
      if (rate > best.rate) best = { size, rate };
    }
    return best.size;
  }

  private async measureRound(round: number, batchSize: number): Promise<PayInRound> {
    const { cluster, database, baseline } = this;
    const { messages } = this.options;
    const broker = cluster.kafkaConnection(NODE);
    await fillTopic(broker, PAY_IN_TOPIC, prepareMessages(this.accountIds, messages));
    await forgetEntries(database);
    const worker = await driveWorker(cluster, database, messages, round * messages);
    await forgetEntries(database);
    await baseline.forget();
    const consumed = await baseline.run(messages);
    await baseline.forget();
    return {
      workerRate: worker.rate,
      workerOverTime: worker.overTime,
      memoryMb: worker.memoryMb,
      baselineRate: consumed.rate,
      baselineOverTime: consumed.overTime,
      sqlRate: await this.driveSql(batchSize),
    };
  }

  private async driveSql(batchSize: number): Promise<number> {
    await forgetEntries(this.database);
    const prepared = prepareMessages(this.accountIds, this.options.messages);
    return driveSql(this.database, prepared, batchSize);
  }

  private async driveOneByOne(): Promise<number> {
    const broker = this.cluster.kafkaConnection(NODE);
    await fillTopic(broker, PAY_IN_TOPIC, prepareMessages(this.accountIds, ONE_BY_ONE_MESSAGES));
    return consumeOneByOne({
      broker,
      topic: PAY_IN_TOPIC,
      connectionString: this.cluster.connectionString(NODE),
      nodeId: NODE,
      durationMs: ONE_BY_ONE_MS,
      fromOffsetOf: 'billing-ledger-worker',
    });
  }
}

function describe(measured: PayInRound, round: number, batchSize: number): void {
  const { workerRate, baselineRate, sqlRate, memoryMb } = measured;
  console.log(
    `round ${round}: Kafka to PostgreSQL through the worker ${Math.round(workerRate)}/s, ` +
      `one statement a batch ${Math.round(baselineRate)}/s, SQL alone at ${batchSize} a call ${Math.round(sqlRate)}/s, ` +
      `ratios ${(workerRate / baselineRate).toFixed(2)} and ${(workerRate / sqlRate).toFixed(2)}, memory at most ${memoryMb} MB`,
  );
}
