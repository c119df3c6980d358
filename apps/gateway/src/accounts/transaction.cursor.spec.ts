import { formatCursor, parseCursor } from './transaction.cursor.js';

describe('a cursor', () => {
  test.each(['2026-11-23 13:00:00.123456Z', '2026-11-23 13:00:00Z'])(
    'is read back to the microsecond: %s',
    (createdAt) => {
      const position = { createdAt, nodeId: 3, id: 64_001n };
      expect(parseCursor(formatCursor(position))).toEqual(position);
    },
  );

  test.each(['', 'x', '2026-11-23 13:00:00Z', 'now/1/1', '2026-13-40 13:00:00Z/1/1'])(
    'is not what %j encodes',
    (text) => {
      expect(parseCursor(Buffer.from(text).toString('base64url'))).toBeUndefined();
      expect(parseCursor(text)).toBeUndefined();
    },
  );
});
