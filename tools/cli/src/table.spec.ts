import { formatTable, makePrintable, toJson } from './table.js';

test('columns are as wide as their widest cell', () => {
  expect(
    formatTable(
      ['node', 'offset'],
      [
        ['dc1', '7'],
        ['a longer one', ''],
      ],
    ),
  ).toEqual(['node          offset', 'dc1           7', 'a longer one']);
});

test('what would steer a terminal is shown and does nothing', () => {
  expect(makePrintable('a\u001b[2Jb\nc\u202ed é 中')).toBe('a\\u{1b}[2Jb\\u{a}c\\u{202e}d é 中');
});

test('JSON keeps every digit', () => {
  expect(JSON.parse(toJson({ offset: 9_223_372_036_854_775_807n }))).toEqual({
    offset: '9223372036854775807',
  });
});
