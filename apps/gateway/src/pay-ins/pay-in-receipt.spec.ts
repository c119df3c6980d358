import fc from 'fast-check';
import { formatReceipt, parseReceipt } from './pay-in-receipt.js';

describe('a receipt', () => {
  test('says node, partition and offset, and is read back', () => {
    expect(formatReceipt(2, { partition: 11, offset: 4711n })).toBe('2-11-4711');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 63 }),
        fc.integer({ min: 0, max: 11 }),
        fc.bigInt(0n, 10n ** 18n - 1n),
        (nodeId, partition, offset) => {
          const place = parseReceipt(formatReceipt(nodeId, { partition, offset }));
          expect(place).toEqual({ nodeId, topic: 'billing.payin', partition, offset });
        },
      ),
    );
  });

  test.each(['', '1-2', '0-1-1', '1-2-3-4', '1--2', 'a-b-c', '1-2-99999999999999999999'])(
    'is not %j',
    (text) => {
      expect(parseReceipt(text)).toBeUndefined();
    },
  );
});
