import { formatCursor, parseCursor } from './transaction-cursor.js';

describe('a cursor', () => {
  test.each(['2026-11-23 13:00:00.123456Z', '2024-02-29 13:00:00Z', '9999-12-31 23:59:59.9Z'])(
    'is read back to the microsecond: %s',
    (createdAt) => {
      const position = { createdAt, nodeId: 3, id: 64_001n };
      expect(parseCursor(formatCursor(position))).toEqual(position);
    },
  );

  test.each([
    '',
    'x',
    '2026-11-23 13:00:00Z',
    'now/1/1',
    '2026-13-40 13:00:00Z/1/1',
    '2026-02-30 13:00:00Z/1/1',
    '0000-01-01 13:00:00Z/1/1',
    '2026-11-23 24:00:00Z/1/1',
    '2026-11-23 13:00:60Z/1/1',
    '2026-11-23 13:00:00.1234567Z/1/1',
  ])('is not what %j encodes', (text) => {
    expect(parseCursor(Buffer.from(text).toString('base64url'))).toBeUndefined();
    expect(parseCursor(text)).toBeUndefined();
  });
});
