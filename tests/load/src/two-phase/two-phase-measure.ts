import { toTheRight, type Cluster } from '@billing/cluster';
import { Database } from '@billing/database';
import type { NodeLinks } from '@billing/testing';
import pg from 'pg';
import { median, ms, printTable, rate, times } from '../report/figures.js';
import { preparedTransactions, reservations, type Protocol } from './protocols.js';
import { openSession, type OpenSession } from './session.js';
import { drainAsTheSystem, fundSystemAccounts, Teller } from './system-drain.js';
import { createTwoPhaseTables } from './two-phase-tables.js';

export interface TwoPhaseOptions {
  readonly durationMs: number;
  readonly rounds: number;
  readonly roundTripMs: number;
}

const NODES = [1, 2, 3];
export const ACCOUNTS = 1_000;
const BALANCE_MINOR = 1_000_000_000;
const WARM_UP_PAY_OUTS = 5;
const SESSIONS_MAX = 16;

interface Load {
  readonly name: string;
  /** Which node coordinates each connection. */
  readonly coordinators: readonly number[];
  readonly accounts: number;
  readonly roundTripMs: number;
}

interface Outcome {
  readonly perSecond: number;
  readonly answerMs: number;
}

const protocols: Readonly<Record<string, Protocol>> = {
  reservations,
  'prepared transactions': preparedTransactions,
  'the system': drainAsTheSystem,
};

export class TwoPhaseBench {
  private readonly databases: readonly Database[];

  constructor(
    private readonly cluster: Cluster,
    private readonly links: NodeLinks,
    private readonly options: TwoPhaseOptions,
  ) {
    this.databases = NODES.map(
      (nodeId) =>
        new Database({
          url: cluster.databaseUrl(nodeId),
          password: cluster.secrets.password(cluster.topology.superuser),
          poolMax: SESSIONS_MAX,
          applicationName: 'bench',
        }),
    );
  }

  async run(): Promise<void> {
    try {
      await this.measure();
    } finally {
      await Promise.all(this.databases.map((database) => database.close()));
    }
  }

  private async measure(): Promise<void> {
    await fundSystemAccounts(this.databases, ACCOUNTS);
    for (const nodeId of NODES) {
      const client = new pg.Client({ connectionString: this.cluster.connectionString(nodeId) });
      await client.connect();
      await createTwoPhaseTables(client, ACCOUNTS, BALANCE_MINOR);
      await client.end();
    }
    const rows: string[][] = [];
    for (const load of this.loads()) rows.push(await this.compare(load));
    console.log('\nPay-outs from three nodes, per second (median time to the answer)\n');
    const figures = [...Object.keys(protocols), 'reservations : prepared'].map(toTheRight);
    printTable(['load', ...figures], rows);
  }

  private loads(): Load[] {
    const { roundTripMs } = this.options;
    const here = (connections: number): number[] => Array<number>(connections).fill(1);
    const far = `${roundTripMs} ms between nodes`;
    return [
      { name: '1 connection', coordinators: here(1), accounts: ACCOUNTS, roundTripMs: 0 },
      { name: '8 connections', coordinators: here(8), accounts: ACCOUNTS, roundTripMs: 0 },
      { name: '8 connections, one account', coordinators: here(8), accounts: 1, roundTripMs: 0 },
      { name: `8 connections, ${far}`, coordinators: here(8), accounts: ACCOUNTS, roundTripMs },
      {
        name: `8 connections, one account, ${far}`,
        coordinators: here(8),
        accounts: 1,
        roundTripMs,
      },
      {
        name: `one account from nodes 1 and 2, ${far}`,
        coordinators: [1, 2],
        accounts: 1,
        roundTripMs,
      },
    ];
  }

  /** In turn, and compared round by round: the machine's speed may drift. */
  private async compare(load: Load): Promise<string[]> {
    const outcomes = new Map<string, Outcome[]>(Object.keys(protocols).map((name) => [name, []]));
    for (let round = 0; round < this.options.rounds; round += 1) {
      for (const [name, protocol] of Object.entries(protocols)) {
        // Its accounts are funded at nodes 2 and 3.
        if (protocol === drainAsTheSystem && load.coordinators.some((nodeId) => nodeId !== 1))
          continue;
        outcomes.get(name)!.push(await this.drive(protocol, load));
      }
    }
    const [ours, theirs] = [...outcomes.values()];
    const ratio = median(ours!.map((one, round) => one.perSecond / theirs![round]!.perSecond));
    const cells = [...outcomes.values()].map((all) => {
      if (all.length === 0) return '–';
      const answerMs = median(all.map((one) => one.answerMs));
      return `${rate(median(all.map((one) => one.perSecond)))} (${ms(answerMs)} ms)`;
    });
    console.log(`${load.name}: ${cells.join(' against ')}, ratio ${times(ratio)}`);
    return [load.name, ...cells, times(ratio)];
  }

  private async drive(protocol: Protocol, load: Load): Promise<Outcome> {
    this.links.setRoundTripMs(0);
    const sessions = await Promise.all(
      load.coordinators.map((nodeId) =>
        openSession(this.cluster, this.links, this.databases[nodeId - 1]!, nodeId),
      ),
    );
    this.links.setRoundTripMs(load.roundTripMs);
    const answersMs: number[] = [];
    let done = 0;
    const startMs = performance.now();
    const endMs = startMs + this.options.durationMs;
    const work = async (session: OpenSession): Promise<void> => {
      for (let count = 0; performance.now() < endMs; count += 1) {
        const account = 1 + Math.floor(Math.random() * load.accounts);
        const beganMs = performance.now();
        await protocol(session, account, () => {
          if (count >= WARM_UP_PAY_OUTS) answersMs.push(performance.now() - beganMs);
        });
        if (performance.now() < endMs) done += 1;
      }
    };
    const tellers =
      protocol === drainAsTheSystem
        ? await Promise.all(
            [2, 3].map(
              async (nodeId) => new Teller(await this.databases[0]!.connect('teller'), nodeId),
            ),
          )
        : [];
    await Promise.all(sessions.map(work));
    await Promise.all(tellers.map((teller) => teller.stop()));
    await Promise.all(sessions.map((session) => session.close()));
    return { perSecond: (done * 1_000) / this.options.durationMs, answerMs: median(answersMs) };
  }
}
