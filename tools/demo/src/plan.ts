import { basename, extname } from 'node:path';
import { toHundredths } from './minor-units.js';
import { expectOutcomes } from './model.js';
import type { Movement } from './movement.js';

/** A movement and the datacenter (index into the run's) that takes it. */
export interface PlannedRow {
  readonly movement: Movement;
  readonly datacenter: number;
}

export interface PlannedAccount {
  /** The bank's number. */
  readonly number: string;
  /** Index of the datacenter that opens it. */
  readonly home: number;
  readonly idempotencyKey: string;
  /** In file order: each waits for the one before it. */
  readonly rows: readonly PlannedRow[];
  /** Per datacenter: how many pay-ins it takes, and their sum in hundredths. */
  readonly payIns: readonly number[];
  readonly paidIn: readonly bigint[];
  /** What the model leaves on it. */
  readonly total: bigint;
}

export interface Plan {
  /**
   * Names the run: file, datacenters, limit. Its accounts, command ids and idempotency keys are made
   * from it. One command id counts once at a datacenter, not in the world: a run that spreads the rows
   * otherwise must not meet the accounts of this one.
   */
  readonly namespace: string;
  readonly accounts: readonly PlannedAccount[];
  readonly payInCount: number;
  readonly payOutCount: number;
  /** Transaction ids of the pay-outs that must be refused. */
  readonly refused: ReadonlySet<string>;
  readonly total: bigint;
}

export interface PlanInput {
  readonly file: string;
  readonly movements: readonly Movement[];
  readonly datacenterNames: readonly string[];
  /** Rows at most. */
  readonly limit: number | undefined;
}

const FILE_NAME_LENGTH_MAX = 80;

/**
 * Decides all there is to decide; the same input always gives the same plan. The rows of the file take
 * turns over the datacenters, so an account's money comes in at all of them and is wanted at all of them.
 */
export function makePlan({ file, movements, datacenterNames, limit }: PlanInput): Plan {
  const count = datacenterNames.length;
  const namespace = nameRun(file, datacenterNames, limit);
  const rows = movements.slice(0, limit);
  const { refused, totals } = expectOutcomes(rows);
  const rowsOf = new Map<string, PlannedRow[]>();
  for (const [index, movement] of rows.entries()) {
    const planned = { movement, datacenter: index % count };
    const known = rowsOf.get(movement.account);
    if (known === undefined) rowsOf.set(movement.account, [planned]);
    else known.push(planned);
  }
  const accounts = [...rowsOf].map(([number, own], index) => ({
    number,
    home: index % count,
    idempotencyKey: `${namespace}/${number}`,
    rows: own,
    ...sumPayIns(own, count),
    total: totals.get(number)!,
  }));
  const payInCount = rows.filter(({ kind }) => kind === 'pay_in').length;
  return {
    namespace,
    accounts,
    payInCount,
    payOutCount: rows.length - payInCount,
    refused,
    total: accounts.reduce((sum, { total }) => sum + total, 0n),
  };
}

function sumPayIns(
  rows: readonly PlannedRow[],
  count: number,
): Pick<PlannedAccount, 'payIns' | 'paidIn'> {
  const payIns = Array<number>(count).fill(0);
  const paidIn = Array<bigint>(count).fill(0n);
  for (const { movement, datacenter } of rows) {
    if (movement.kind !== 'pay_in') continue;
    payIns[datacenter]! += 1;
    paidIn[datacenter]! += toHundredths(movement.amount);
  }
  return { payIns, paidIn };
}

/** Printable ASCII, as idempotency keys are. Not the folder: a copy of the file is the same data. */
function nameRun(file: string, datacenterNames: readonly string[], limit?: number): string {
  const name = encodeURIComponent(basename(file, extname(file))).slice(0, FILE_NAME_LENGTH_MAX);
  return `replay/${name}/${datacenterNames.join('+')}/${limit ?? 'all'}`;
}
