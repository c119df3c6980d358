import {
  decodePayIn,
  isPayInViolation,
  isUuid,
  parseDigits,
  stringifyPayIn,
  type PayInMessage,
} from '@billing/contracts';
import fc from 'fast-check';
import { readPayIn } from './pay-in.request.js';

const good = { accountId: '17', amount: '12.50', currency: 'USD' };

describe('a pay-in as a client sends it', () => {
  test('gets a command id if it has none, and keeps its own in lower case', () => {
    const made = readPayIn(good) as { commandId: string };
    expect(isUuid(made.commandId)).toBe(true);
    const commandId = '0191D2C8-7A1B-7C3D-8E4F-5A6B7C8D9E0F';
    expect(readPayIn({ ...good, commandId })).toEqual({
      ...good,
      commandId: commandId.toLowerCase(),
    });
  });

  test('keeps reference and metadata, and drops null ones', () => {
    const metadata = { a: [1, { b: null }] };
    expect(readPayIn({ ...good, reference: 'r', metadata })).toMatchObject({
      ...good,
      reference: 'r',
      metadata,
    });
    const bare = readPayIn({ ...good, reference: null, metadata: null, commandId: null });
    expect(Object.keys(bare).sort()).toEqual(['accountId', 'amount', 'commandId', 'currency']);
    expect(Object.keys(readPayIn({ ...good, reference: '' }))).not.toContain('reference');
  });

  test.each([
    [{ commandId: 'x' }, 'commandId'],
    [{ accountId: 17 }, 'accountId'],
    [{ amount: '0' }, 'amount'],
    [{ currency: 'XXX' }, 'currency'],
    [{ reference: 'x'.repeat(65) }, 'reference'],
    [{ metadata: [] }, 'metadata'],
    [{ toString: 1 }, 'toString'],
    [JSON.parse('{"__proto__":{"amount":"1"}}') as object, '__proto__'],
  ])('with %j is refused by the name of the field', (change, field) => {
    const item = Object.assign(Object.create(null) as object, good) as Record<string, unknown>;
    for (const [name, value] of Object.entries(change)) {
      Object.defineProperty(item, name, { value, enumerable: true });
    }
    expect(readPayIn(item)).toEqual([{ field, message: expect.stringMatching(/^(must|is) .+/) }]);
  });

  test('with metadata nested thousands deep is refused, not an accident', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`) as object;
    expect(readPayIn({ ...good, metadata: deep })).toEqual([
      { field: 'metadata', message: expect.stringMatching(/^must /) },
    ]);
  });

  test('is taken only if the decoder of messages takes it', () => {
    const field = <T>(usual: T): fc.Arbitrary<unknown> =>
      fc.oneof(
        { weight: 8, arbitrary: fc.constant<unknown>(usual) },
        { weight: 1, arbitrary: fc.jsonValue() },
        { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
      );
    const item = fc.record({
      commandId: field(null),
      accountId: field('17'),
      amount: field('12.50'),
      currency: fc.oneof(field('USD'), fc.constantFrom('JPY', 'BHD', 'usd')),
      reference: field('r'),
      metadata: field({ a: 1 }),
    });
    let taken = 0;
    fc.assert(
      fc.property(item, (given) => {
        const message = readPayIn(given);
        if (Array.isArray(message)) return;
        taken += 1;
        expect(isPayInViolation(decodePayIn(Buffer.from(JSON.stringify(message))))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  test.each([`1e${'0'.repeat(20_000)}3`, `[${'1e000000000,'.repeat(900)}1]`])(
    'is published with the numbers of its metadata written out, or it outgrew a message',
    (digits) => {
      const message = readPayIn({ ...good, metadata: parseDigits(`{"a":${digits}}`) });
      const value = Buffer.from(stringifyPayIn(message as PayInMessage));
      expect(decodePayIn(value)).toMatchObject({ accountId: '17', amountMinor: 1250n });
      expect(value.length).toBeLessThan(3_000);
    },
  );

  test.each([null, undefined, 'text', 7, [], [good]])('%j is no pay-in', (item) => {
    expect(readPayIn(item)).toEqual([{ field: '', message: 'must be a JSON object' }]);
  });
});
