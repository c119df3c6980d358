import { formatCursor, parseCursor } from './letter-cursor.js';

describe('a cursor', () => {
  test.each(['2026-11-23 13:00:00.123456+00', '2026-11-23 13:00:00-03:30'])(
    'is read back to the microsecond: %s',
    (at) => {
      for (const incarnation of [1, 2]) {
        const position = { at, topic: 'billing.payin', partition: 3, offset: 64_001n, incarnation };
        expect(parseCursor(formatCursor(position))).toEqual(position);
      }
    },
  );

  test.each([
    '',
    'x',
    '2026-11-23 13:00:00+00',
    'now/billing.payin/1/1',
    '2026-13-40 13:00:00+00/t/1/1',
    '2026-02-30 13:00:00+00/t/1/1',
    '0000-01-01 13:00:00+00/t/1/1',
    '2026-11-23 24:00:00+00/t/1/1',
    '2026-11-23 13:00:00+16/t/1/1',
    '2026-11-23 13:00:00+99:99/t/1/1',
    '2026-11-23 13:00:00-00:60/t/1/1',
  ])('is not what %j encodes', (text) => {
    expect(parseCursor(Buffer.from(text).toString('base64url'))).toBeUndefined();
    expect(parseCursor(text)).toBeUndefined();
  });
});
