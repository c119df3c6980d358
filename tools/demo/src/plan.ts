import { basename, extname } from 'node:path';
import { toHundredths } from './minor-units.js';
import type { Movement } from './movement.js';

/** A movement and the datacenter (index into `datacenters`) that takes it. */
export interface PlannedMovement {
  readonly movement: Movement;
  readonly datacenter: number;
}

export interface PlannedAccount {
  /** The bank's number. */
  readonly number: string;
  /** Index of the datacenter that opens it. */
  readonly home: number;
  readonly idempotencyKey: string;
  /** What must be there at the end: per datacenter, in hundredths, and in pay-ins. */
  readonly expectedParts: readonly bigint[];
  readonly expectedEntries: readonly number[];
}

export interface Plan {
  /**
   * Names the run: file, datacenters, limit. Its accounts and command ids are made from it. One id
   * counts once at a datacenter, not in the world: a run that spreads the rows otherwise must not meet
   * the accounts of this one.
   */
  readonly namespace: string;
  readonly accounts: readonly PlannedAccount[];
  /** In file order, and so in the order of each account. */
  readonly payIns: readonly PlannedMovement[];
  /** Rows for a later issue: pay-outs are synchronous, and go through the gateways. */
  readonly payOutsLeftOut: number;
  readonly totalExpected: bigint;
}

export interface PlanInput {
  readonly file: string;
  readonly movements: readonly Movement[];
  readonly datacenterNames: readonly string[];
  /** Pay-ins at most. */
  readonly limit: number | undefined;
}

const FILE_NAME_LENGTH_MAX = 80;

/** Decides all there is to decide; the same input always gives the same plan. */
export function makePlan({ file, movements, datacenterNames, limit }: PlanInput): Plan {
  const count = datacenterNames.length;
  const namespace = nameRun(file, datacenterNames, limit);
  const numbers = [...new Set(movements.map(({ account }) => account))];
  const sums = new Map(
    numbers.map((number) => [
      number,
      { parts: Array<bigint>(count).fill(0n), entries: Array<number>(count).fill(0) },
    ]),
  );
  const payIns = movements
    .filter(({ kind }) => kind === 'pay_in')
    .slice(0, limit)
    .map((movement, index) => ({ movement, datacenter: index % count }));
  for (const { movement, datacenter } of payIns) {
    const { parts, entries } = sums.get(movement.account)!;
    parts[datacenter]! += toHundredths(movement.amount);
    entries[datacenter]! += 1;
  }
  return {
    namespace,
    accounts: numbers.map((number, index) => ({
      number,
      home: index % count,
      idempotencyKey: `${namespace}/${number}`,
      expectedParts: sums.get(number)!.parts,
      expectedEntries: sums.get(number)!.entries,
    })),
    payIns,
    payOutsLeftOut: movements.filter(({ kind }) => kind === 'pay_out').length,
    totalExpected: payIns.reduce((sum, { movement }) => sum + toHundredths(movement.amount), 0n),
  };
}

/** Printable ASCII, as idempotency keys are. Not the folder: a copy of the file is the same data. */
function nameRun(file: string, datacenterNames: readonly string[], limit?: number): string {
  const name = encodeURIComponent(basename(file, extname(file))).slice(0, FILE_NAME_LENGTH_MAX);
  return `demo/${name}/${datacenterNames.join('+')}/${limit ?? 'all'}`;
}
