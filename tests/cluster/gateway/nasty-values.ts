const base64 = (text: string): string => Buffer.from(text).toString('base64url');

/** Times that PostgreSQL refuses, or that JavaScript reads as another day. */
const times = [
  '2026-02-30 00:00:00',
  '2026-02-29 12:00:00.5',
  '0000-01-01 00:00:00',
  '0001-01-01 00:00:00',
  '2026-01-01 24:00:00',
  '2026-06-30 23:59:60',
  '9999-12-31 23:59:59.999999',
];
const zones = ['+00', '-00:60', '+15:59:59', '+16', '+99:99:99'];

const cursors = times.flatMap((time) => [
  base64(`${time}Z/1/1`),
  base64(`${time}Z/99/999999999999999999`),
  ...zones.map((zone) => base64(`${time}${zone}/billing.payin/1/1`)),
]);

const texts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\n',
  '-1',
  '0',
  '1.5',
  '1e309',
  'NaN',
  'null',
  '2147483648',
  '9223372036854775807',
  '9223372036854775808',
  '9'.repeat(40),
  '\u0661\u0662',
  "'; --",
  '\\',
  '..',
  '__proto__',
  'constructor',
  '2026-02-30',
  '0000-01-01',
  'd41d8cd9-8f00-b204-e980-0998ecf8427e',
  '1-99999-999999999999999999',
  '99-0-0',
  '2147483648~2147483648',
  '1~2147483647',
  '\u{1F4B8}'.repeat(60),
];

/** What a URL may bear and no encoder makes. */
const encodings = ['%', '%zz', '%00', '%ED%A0%80', '%C0%AF', '%FF', '%F4%90%80%80', '%25%30%30'];

/** Of a part of a path or a query, as it stands in the URL. */
export const nastyTexts: readonly string[] = [
  ...texts.map(encodeURIComponent),
  ...encodings,
  ...cursors,
  'x'.repeat(700),
  'x'.repeat(9_000),
];

const nested = (depth: number, [open, close]: readonly [string, string]): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

/** Of a member of a body, as JSON. */
export const nastyJson: readonly string[] = [
  ...texts.map((text) => JSON.stringify(text)),
  '"\\ud800"',
  '"\\udc00x"',
  '{"a":"\\u0000"}',
  '{"a":"\\ud800"}',
  '{"\\u0000":1}',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"toString":1,"toJSON":1,"length":-1,"then":1}',
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e308',
  '1e400',
  '12345678901234567890',
  '[]',
  '{}',
  '[null]',
  '["a\\u0000/1/1"]',
  '["billing.payin/1/99999999999999999999"]',
  `[${'"x",'.repeat(600)}"x"]`,
  `"${'x'.repeat(20_000)}"`,
  nested(60, ['{"a":', '}']),
  nested(500, ['[', ']']),
  nested(3_500, ['[', ']']),
  nested(9_000, ['{"a":', '}']),
];
