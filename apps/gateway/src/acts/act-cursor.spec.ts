import { formatCursor, parseCursor } from './act-cursor.js';

const position = {
  at: '2026-01-01 12:00:00.123456+00',
  id: 'account/4f0c1d52-3f8e-4b1a-9a55-0f2c7e7d1b20',
};

test('a cursor leads back to its act, to the microsecond', () => {
  for (const id of [position.id, 'letter/42', 'offset/7']) {
    expect(parseCursor(formatCursor({ ...position, id }))).toEqual({ ...position, id });
  }
});

test.each([
  { ...position, id: 'pay_out/1' },
  { ...position, id: "letter/1'" },
  { ...position, at: '2026-02-30 12:00:00+00' },
  { ...position, at: 'now' },
])('%j is none of ours', (forged) => {
  expect(parseCursor(formatCursor(forged))).toBeUndefined();
});
