import { fromBase64, toHexRows } from './hex.js';

test('bytes are shown in rows, with what can be read beside them', () => {
  const bytes = fromBase64(Buffer.from('{"a":1}\n\0é').toString('base64'));
  expect(toHexRows(bytes, 8)).toEqual([
    { offset: '000000', bytes: '7b 22 61 22 3a 31 7d 0a', text: '{"a":1}.' },
    { offset: '000008', bytes: '00 c3 a9', text: '...' },
  ]);
  expect(toHexRows(new Uint8Array(), 8)).toEqual([]);
});
