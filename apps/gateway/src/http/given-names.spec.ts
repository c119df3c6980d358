import { decodePayIn, formatMessageName, isPayInViolation } from '@billing/contracts';
import fc from 'fast-check';
import { AccountPath, FindAccountsQuery } from '../accounts/account.query.js';
import * as transactionCursor from '../accounts/transaction-cursor.js';
import * as letterCursor from '../letters/letter-cursor.js';
import { DeadLettersQuery } from '../letters/letter.query.js';
import { PageQuery } from './page.js';
import { readName } from '../letters/letter.request.js';
import { PayInPath, PayInQuery } from '../pay-ins/pay-in.query.js';
import { formatReceipt, parseReceipt } from '../pay-ins/pay-in-receipt.js';
import { PayOutPath } from '../pay-outs/pay-out.query.js';
import { RequestPipe } from './request.pipe.js';

type Dto = new () => object;

const pipe = new RequestPipe();
const INT64_MAX = 2n ** 63n - 1n;

/** As Nest reads it of a request. */
function read<T extends object>(dto: new () => T, given: object): Promise<T> {
  const metadata = { type: 'param', metatype: dto as Dto, data: undefined } as const;
  return pipe.transform(given, metadata) as Promise<T>;
}

// Any 128 bits: ids that are no version of RFC 9562 are ids, too.
const uuids = fc
  .tuple(fc.bigInt(0n, 2n ** 128n - 1n), fc.boolean())
  .map(([bits, isUpper]): string => {
    const hex = bits.toString(16).padStart(32, '0');
    const text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    return isUpper ? text.toUpperCase() : text;
  });
const accountIds = fc.bigInt(1n, INT64_MAX).map(String);
const offsets = fc.bigInt(0n, INT64_MAX);
const places = fc.record({
  topic: fc.constantFrom('billing.payin', 'a', `${'t'.repeat(248)}_`),
  partition: fc.integer({ min: 0, max: 2_147_483_647 }),
  offset: offsets,
  incarnation: fc.integer({ min: 1, max: 2_147_483_647 }),
});

function messageOf(commandId: string, accountId: string): Buffer {
  const payIn = { commandId, accountId, amount: '1.00', currency: 'USD' };
  return Buffer.from(JSON.stringify(payIn));
}

describe('what is taken or given in one place is taken in every other:', () => {
  test('command ids and pay-out ids', async () => {
    const examples: [string][] = [
      ['d41d8cd9-8f00-b204-e980-0998ecf8427e'],
      ['00000000-0000-0000-0000-000000000001'],
      ['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'],
    ];
    await fc.assert(
      fc.asyncProperty(uuids, async (id) => {
        expect(isPayInViolation(decodePayIn(messageOf(id, '1')))).toBe(false);
        await read(PayInPath, { commandId: id });
        await read(PayOutPath, { id });
        await read(DeadLettersQuery, { commandId: id });
      }),
      { examples },
    );
  });

  test('account ids', async () => {
    await fc.assert(
      fc.asyncProperty(accountIds, async (id) => {
        expect(isPayInViolation(decodePayIn(messageOf(crypto.randomUUID(), id)))).toBe(false);
        await read(AccountPath, { id });
        await read(FindAccountsQuery, { username: 'ada', cursor: id });
        await read(DeadLettersQuery, { accountId: id });
      }),
      { examples: [[INT64_MAX.toString()]] },
    );
  });

  test('names of messages, and cursors that hold one', async () => {
    await fc.assert(
      fc.asyncProperty(places, async (place) => {
        const [topic = '', partition = '', offset = ''] = formatMessageName(place).split('/');
        expect(readName({ topic, partition, offset })).toBe(formatMessageName(place));
        const position = { ...place, at: '2026-11-23 13:00:00.123456+05:30:15' };
        const cursor = letterCursor.formatCursor(position);
        await read(PageQuery, { cursor });
        expect(letterCursor.parseCursor(cursor)).toEqual(position);
      }),
      { examples: [[{ topic: 't', partition: 2_147_483_647, offset: INT64_MAX, incarnation: 2 }]] },
    );
  });

  test('cursors of a history, and receipts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 63 }), offsets, async (nodeId, number) => {
        const id = number + (number === 0n ? 1n : 0n);
        const position = { createdAt: '2026-11-23 13:00:00.123456Z', nodeId, id };
        const cursor = transactionCursor.formatCursor(position);
        await read(PageQuery, { cursor });
        expect(transactionCursor.parseCursor(cursor)).toEqual(position);
        const receipt = formatReceipt(nodeId, { partition: 11, offset: number });
        await read(PayInQuery, { receipt });
        expect(parseReceipt(receipt)).toMatchObject({ nodeId, partition: 11, offset: number });
      }),
      { examples: [[63, INT64_MAX]] },
    );
  });
});

test.each(['9223372036854775808', '99999999999999999999'])(
  'number %s is no 64-bit integer, in a receipt or a cursor',
  (number) => {
    expect(parseReceipt(`1-0-${number}`)).toBeUndefined();
    const text = `2026-11-23 13:00:00Z/1/${number}`;
    expect(transactionCursor.parseCursor(Buffer.from(text).toString('base64url'))).toBeUndefined();
  },
);
