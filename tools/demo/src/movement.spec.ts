import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toHundredths } from './minor-units.js';
import { readMovements } from './movement.js';

const header = 'transaction_id,account_id,date,kind,amount_czk';
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'billing-demo-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (lines: readonly string[]): string => {
  const file = join(folder, 'rows.csv');
  writeFileSync(file, lines.join('\n'));
  return file;
};

test('the bank file has the rows that its README counts', async () => {
  const file = new URL('../../../examples/data/czech-bank-1993.csv', import.meta.url);
  const movements = await readMovements(fileURLToPath(file));
  const payIns = movements.filter(({ kind }) => kind === 'pay_in');
  expect(payIns).toHaveLength(11_041);
  expect(movements).toHaveLength(11_041 + 12_891);
  expect(new Set(movements.map(({ account }) => account)).size).toBe(591);
  expect(payIns.reduce((sum, { amount }) => sum + toHundredths(amount), 0n)).toBe(8_711_974_530n);
});

test('rows keep the order of the file', async () => {
  const file = write([header, '9,5,1993-01-02,pay_out,1.00', '8,5,1993-01-01,pay_in,2.50', '']);
  expect(await readMovements(file)).toEqual([
    { transactionId: '9', account: '5', dayMs: 725_932_800_000, kind: 'pay_out', amount: '1.00' },
    { transactionId: '8', account: '5', dayMs: 725_846_400_000, kind: 'pay_in', amount: '2.50' },
  ]);
});

test.each([
  [['a,b'], 'line 1: the header'],
  [[header, '1,2,1993-13-01,pay_in,1.00'], 'line 2: not a row'],
  [[header, '1,2,1993-01-01,refund,1.00'], 'line 2: not a row'],
  [[header, '1,2,1993-01-01,pay_in,-1.00'], 'line 2: not a row'],
  [[header, '1,2,1993-01-01,pay_in,1.00', '1,3,1993-01-01,pay_in,2.00'], 'line 3: transaction 1'],
])('%j is refused by its line', async (lines, words) => {
  await expect(readMovements(write(lines))).rejects.toThrow(words);
});

test('a file that is not there is refused by its name', async () => {
  await expect(readMovements('/nowhere/x.csv')).rejects.toThrow('cannot read /nowhere/x.csv');
});
