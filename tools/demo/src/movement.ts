import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { DemoError } from './demo.errors.js';

/** One row of the bank's file. */
export interface Movement {
  readonly transactionId: string;
  /** The bank's number of the account, not an account id of this system. */
  readonly account: string;
  readonly dayMs: number;
  readonly kind: 'pay_in' | 'pay_out';
  /** Decimal text as it stands in the file. */
  readonly amount: string;
}

const header = 'transaction_id,account_id,date,kind,amount_czk';
const rowPattern = /^(\d{1,18}),(\d{1,18}),(\d{4}-\d{2}-\d{2}),(pay_in|pay_out),(\d+\.\d{2})$/;

/** All rows in file order. @throws DemoError naming the line that is wrong */
export async function readMovements(file: string): Promise<Movement[]> {
  const movements: Movement[] = [];
  let lineNumber = 0;
  try {
    for await (const line of createInterface({
      input: createReadStream(file),
      crlfDelay: Infinity,
    })) {
      lineNumber += 1;
      if (lineNumber === 1 && line !== header)
        throw failure(file, 1, `the header must be ${header}`);
      if (lineNumber === 1 || line === '') continue;
      movements.push(parseRow(line) ?? refuse(file, lineNumber));
    }
  } catch (error) {
    if (error instanceof DemoError) throw error;
    throw new DemoError('USAGE', `cannot read ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  assertIdsDiffer(file, movements);
  return movements;
}

function parseRow(line: string): Movement | undefined {
  const [, transactionId, account, date, kind, amount] = rowPattern.exec(line) ?? [];
  const dayMs = Date.parse(date ?? '');
  if (transactionId === undefined || account === undefined || Number.isNaN(dayMs)) return undefined;
  return { transactionId, account, dayMs, kind: kind as Movement['kind'], amount: amount! };
}

function refuse(file: string, line: number): never {
  throw failure(file, line, `not a row of ${header}`);
}

/** Command ids are made of them: two rows of one id would be one pay-in. */
function assertIdsDiffer(file: string, movements: readonly Movement[]): void {
  const seen = new Set<string>();
  for (const [index, { transactionId }] of movements.entries()) {
    if (seen.has(transactionId)) {
      throw failure(file, index + 2, `transaction ${transactionId} stands here a second time`);
    }
    seen.add(transactionId);
  }
}

function failure(file: string, line: number, what: string): DemoError {
  return new DemoError('USAGE', `${file}, line ${line}: ${what}`);
}
