import { restsFor } from './batch-unpacker.js';

test('the longer something waits, the less it rests', () => {
  const ages = [0, 19_999, 20_000, 59_999, 60_000, 3_600_000];
  expect(ages.map(restsFor)).toEqual([9, 9, 1, 1, 0, 0]);
});
