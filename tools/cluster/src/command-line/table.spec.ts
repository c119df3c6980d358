import { format } from 'prettier';
import { formatMarkdown, formatRows, formatTable, makePrintable, toTheRight } from './table.js';

test('columns are as wide as their widest cell, numbers to the right', () => {
  expect(
    formatTable(
      ['node', toTheRight('offset'), 'why'],
      [
        ['dc1', '7', 'a  '],
        ['a longer one', '1234567', ''],
      ],
    ),
  ).toEqual(['node           offset  why', 'dc1                 7  a  ', 'a longer one  1234567']);
});

test('rows may stand without titles, and some have fewer cells', () => {
  expect(formatRows([['a', '10'], ['long'], ['', '9', 'x'], []], ['left', 'right'])).toEqual([
    'a     10',
    'long',
    '       9  x',
    '',
  ]);
  expect(formatRows([])).toEqual([]);
});

test('what would steer a terminal is shown and does nothing', () => {
  const escaped = 'a\\u{1b}[2Jb\\u{a}c\\u{202e}d é 中';
  expect(makePrintable('a\u001b[2Jb\nc\u202ed é 中')).toBe(escaped);
  expect(formatTable(['x'], [['a\u001b[2Jb\nc\u202ed é 中']])).toEqual(['x', escaped]);
});

test('a table for a document is one that Prettier leaves as it is', async () => {
  const lines = formatMarkdown(
    ['what', toTheRight('ms'), 'target'],
    [
      ['median', '1', '≤ 1.15'],
      ['a | b, 99 %', '–', ''],
    ],
  );
  expect(lines).toEqual([
    '| what         |  ms | target |',
    '| ------------ | --: | ------ |',
    '| median       |   1 | ≤ 1.15 |',
    '| a \\| b, 99 % |   – |        |',
  ]);
  const text = `${lines.join('\n')}\n`;
  expect(await format(text, { parser: 'markdown' })).toBe(text);
});
