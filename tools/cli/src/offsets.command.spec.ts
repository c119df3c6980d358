import type { ConsumerOffset } from '@billing/database';
import { describeAcceptance } from './offsets.command.js';

const stored: ConsumerOffset = {
  topic: 'billing.payin',
  partition: 4,
  epoch: 3n,
  nextOffset: 120n,
  workerId: 'w',
  haltReason: 'log_truncated',
  haltDetail: 'the log begins at 150',
};
const said = (accepted: bigint, change: Partial<ConsumerOffset> = {}): string =>
  describeAcceptance('dc2', { ...stored, ...change }, accepted).join('\n');

test('an operator reads what will be skipped before accepting', () => {
  expect(said(150n)).toBe(
    'dc2, partition 4 of billing.payin: next offset 120, halted: log_truncated: the log begins at 150\n' +
      'SKIPS offsets 120 to 149, 30 at most: what they hold is never credited here',
  );
});

test('an operator reads what will be read again before accepting', () => {
  expect(said(0n)).toContain('reads offsets 0 to 119 again, 120 at most');
});

test('the same offset skips nothing', () => {
  expect(said(120n)).toContain('nothing is skipped or read again');
});

test('a partition that is not halted is said to be in use', () => {
  expect(said(121n, { haltReason: undefined, haltDetail: undefined })).toMatch(
    /not halted\na worker consumes it now.*\nSKIPS offsets 120 to 120, 1 at most/,
  );
});
