import { parseParts } from './bench-command.js';

const parts = ['replication', 'pay-in', 'drain'] as const;

test('parts run in their order, whatever the order asked for', () => {
  expect(parseParts('drain,replication', parts)).toEqual(['replication', 'drain']);
});

test('what is no part is named', () => {
  expect(() => parseParts('drain,pay-on', parts)).toThrow('there is no part pay-on');
});
