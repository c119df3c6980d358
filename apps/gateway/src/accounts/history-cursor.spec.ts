import { formatCursor, parseCursor } from './history-cursor.js';

const id = '6abe1f3c-92d1-8001-9a3b-5f0c2e1d7b64';

describe('a cursor of a history', () => {
  test.each([0, 1, 63])('is read back, slot %i', (slot) => {
    const key = { ms: 1_790_000_000_123, id, slot };
    expect(parseCursor(formatCursor(key))).toEqual(key);
  });

  test.each([
    '',
    'x',
    `1790000000123/${id}`,
    `1790000000123/${id}/64`,
    `1790000000123/${id}/0/0`,
    `-1/${id}/0`,
    `1790000000123.5/${id}/0`,
    `01/${id}/0`,
    `1790000000123/6abe1f3c/0`,
  ])('is not what %j encodes', (text) => {
    expect(parseCursor(Buffer.from(text).toString('base64url'))).toBeUndefined();
    expect(parseCursor(text)).toBeUndefined();
  });
});
