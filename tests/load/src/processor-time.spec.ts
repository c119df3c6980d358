import { backendKind, spentBetween, type NamedTime } from './processor-time.js';

const time = (id: string, processorMs: number): NamedTime => ({
  id,
  name: `of ${id}`,
  processorMs,
});
const spentOf = (before: NamedTime[], after: NamedTime[]): number =>
  spentBetween(before, after).reduce((sum, { processorMs }) => sum + processorMs, 0);

test('what was spent before is not counted', () => {
  expect(spentOf([time('1', 100)], [time('1', 130), time('2', 7)])).toBe(37);
});

test('what a process had spent before it ended comes off its parent', () => {
  const before = [time('1', 100), time('2', 40), time('ended', 5)];
  expect(spentOf(before, [time('1', 100), time('ended', 5 + 40 + 3)])).toBe(3);
});

test.each([
  ['postgres: dc1-postgres: checkpointer', 'checkpointer and writers'],
  ['postgres: dc1-postgres: background writer', 'checkpointer and writers'],
  ['postgres: dc1-postgres: walwriter', 'checkpointer and writers'],
  ['postgres: dc2-postgres: autovacuum worker billing', 'autovacuum'],
  [
    'postgres: dc1-postgres: walsender billing_replicator_2 billing 127.0.0.1(40388) START_REPLICATION',
    'walsenders',
  ],
  ['postgres: dc2-postgres: pglogical apply 16384:2875150205', 'pglogical apply'],
  [
    'postgres: dc1-postgres: billing_ledger_worker billing 127.0.0.1(40388) SELECT',
    'backends of billing_ledger_worker',
  ],
  ['postgres: admin billing [local] idle', 'backends of admin'],
  ['postgres: dc1-postgres: pglogical supervisor', 'others'],
  ['postgres -D data', 'others'],
  ['ended meanwhile', 'ended meanwhile'],
])('%s: %s', (title, kind) => {
  expect(backendKind(title)).toBe(kind);
});
