import { formatMessageName } from '@billing/contracts';
import fc from 'fast-check';
import { readAccountId } from '../accounts/account.request.js';
import { readPayOutId } from '../pay-outs/pay-out.request.js';
import { readCorrection, readName } from './letter.request.js';

const INT64_MAX = 2n ** 63n - 1n;

test('what other ways in take as an id, calls take, too', () => {
  const uuids = fc.bigInt(0n, 2n ** 128n - 1n).map((bits) => {
    const hex = bits.toString(16).padStart(32, '0');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  });
  const accountIds = fc.bigInt(1n, INT64_MAX).map(String);
  const content = { amount: '1.00', currency: 'USD', reference: '', metadataJson: '', note: 'x' };
  fc.assert(
    fc.property(uuids, accountIds, (id, accountId) => {
      const request = { ...content, id: 'billing.payin/0/1', accountId };
      const correction = readCorrection({ ...request, commandId: id.toUpperCase() });
      expect(correction).toMatchObject({ commandId: id, accountId, reference: undefined });
      expect(readPayOutId(id.toUpperCase())).toBe(id);
      expect(readAccountId(accountId)).toBe(accountId);
    }),
    { examples: [['00000000-0000-0000-0000-000000000001', INT64_MAX.toString()]] },
  );
});

test('a message has one name, whoever reads it', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, INT64_MAX), fc.integer({ min: 1, max: 3 }), (offset, incarnation) => {
      const name = { topic: 'billing.payin', partition: 11, offset, incarnation };
      expect(readName(formatMessageName(name))).toEqual(name);
    }),
  );
});
