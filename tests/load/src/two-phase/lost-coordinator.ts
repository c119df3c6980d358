import type { Cluster } from '@billing/cluster';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { printTable } from '../report/figures.js';

const COORDINATOR = 1;
const DONOR = 2;
const RESERVED_ACCOUNT = 11;
const PREPARED_ACCOUNT = 12;
const CHURN_UPDATES = 10_000;
const PAY_IN_WAIT_MS = 2_000;

/**
 * A coordinator's datacenter is gone after its donor has done the first phase. What can the donor do
 * with the account? What of vacuum? Does a restart of the donor help?
 */
export async function loseCoordinator(cluster: Cluster): Promise<void> {
  let donor = await connect(cluster);
  const attempt = randomUUID();
  await donor.query('select two_phase.reserve($1, 1, $2)', [RESERVED_ACCOUNT, randomUUID()]);
  const reserved = { payIn: await payIn(donor, RESERVED_ACCOUNT), dead: await churn(donor) };

  await donor.query('begin');
  await donor.query('select two_phase.debit($1, 1, $2)', [PREPARED_ACCOUNT, attempt]);
  await donor.query(`prepare transaction '${attempt}'`);
  await cluster.killMember('postgres', COORDINATOR);
  const prepared = { payIn: await payIn(donor, PREPARED_ACCOUNT), dead: await churn(donor) };

  await donor.end();
  await cluster.stopMember('postgres', DONOR);
  await cluster.startMember('postgres', DONOR);
  donor = await connect(cluster);
  const restarted = {
    reserved: await payIn(donor, RESERVED_ACCOUNT),
    prepared: await payIn(donor, PREPARED_ACCOUNT),
  };
  await donor.query(`rollback prepared '${attempt}'`);
  await donor.end();

  console.log('\nAt a donor whose coordinator is gone after the first phase\n');
  printTable(
    ['what', 'reservations', 'prepared transactions'],
    [
      ['pay-in of the same account', reserved.payIn, prepared.payIn],
      ['the same after a restart of the donor', restarted.reserved, restarted.prepared],
      [
        `dead rows that vacuum leaves of ${CHURN_UPDATES} updates elsewhere`,
        String(reserved.dead),
        String(prepared.dead),
      ],
    ],
  );
}

async function connect(cluster: Cluster): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: cluster.connectionString(DONOR) });
  // Its server is stopped under it, by us.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function payIn(donor: pg.Client, accountId: number): Promise<string> {
  await donor.query(`set lock_timeout = ${PAY_IN_WAIT_MS}`);
  const startMs = performance.now();
  try {
    await donor.query(
      'update two_phase.balances set balance_minor = balance_minor + 1 where account_id = $1',
      [accountId],
    );
    return `credited after ${(performance.now() - startMs).toFixed(1)} ms`;
  } catch (error) {
    return `waits for the row (given up after ${PAY_IN_WAIT_MS / 1_000} s, ${(error as { code: string }).code})`;
  }
}

/** Dead rows of a table that the lost transaction never touched. */
async function churn(donor: pg.Client): Promise<number> {
  await donor.query('create table two_phase.churn (updates integer)');
  await donor.query('insert into two_phase.churn values (0)');
  await donor.query(`do $$ begin
    for n in 1 .. ${CHURN_UPDATES} loop
      update two_phase.churn set updates = updates + 1;
      commit;
    end loop;
  end $$`);
  await donor.query('vacuum two_phase.churn');
  const left = await donor.query<{ tuples: string }>(
    "select n_dead_tup as tuples from pg_stat_user_tables where relid = 'two_phase.churn'::regclass",
  );
  await donor.query('drop table two_phase.churn');
  return Number(left.rows[0]!.tuples);
}
