import { parseNames } from './bench-command.js';

const names = ['replication', 'pay-in', 'drain'] as const;

test('benches run in their order, whatever the order asked for', () => {
  expect(parseNames('drain,replication', names)).toEqual(['replication', 'drain']);
});

test('what is no bench is named', () => {
  expect(() => parseNames('drain,pay-on', names)).toThrow('there is no bench pay-on');
});
