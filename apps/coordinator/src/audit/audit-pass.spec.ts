import { DatabaseError, thoroughWalks, type AuditWalk, type Caller } from '@billing/database';
import { LeaseOverError } from '../holder/node-holder.js';
import { AuditPass } from './audit-pass.js';

type Answer = Record<string, unknown> | Error;

const finding = {
  check: 'balance',
  node_id: 1,
  account_id: '65',
  subject: '',
  expected_minor: '700',
  found_minor: '705',
  detail: 'why',
};
const step = (next: string | null, more: object = {}): Answer => ({
  status: 'checked',
  next_after: next,
  checked: 10,
  findings: [],
  ...more,
});
const walkNamed = (name: string): AuditWalk => thoroughWalks([2]).find((w) => w.name === name)!;

/** A pass over answers that are given in turn, with what it asked and what it published. */
function passOver(answers: Answer[], walk = walkNamed('entries')) {
  const asked: unknown[][] = [];
  const published: unknown[][] = [];
  const appeared: unknown[] = [];
  const database: Caller = {
    query: (calling, _, values = []) => {
      if (calling === 'record_audit') {
        published.push([...values]);
        return Promise.resolve([
          { appeared: JSON.parse(values[4] as string), resolved: [] },
        ]) as never;
      }
      asked.push([...values]);
      const answer = answers.shift()!;
      return (
        answer instanceof Error ? Promise.reject(answer) : Promise.resolve([answer])
      ) as never;
    },
  };
  const pass = new AuditPass(walk, {
    database,
    batchMax: 100,
    doubtMs: 60_000,
    lease: 1n,
    onAppeared: (findings) => appeared.push(...findings),
    onResolved: () => undefined,
  });
  return { pass, asked, published, appeared };
}

// Of what is published: first step, status, last step, nothing left out.
const flags = (values: unknown[]): unknown[] => [values[1], values[2], values[5], values[6]];

test('goes on where it stopped, and publishes its beginning, its end and what it finds', async () => {
  const { pass, asked, published, appeared } = passOver([
    step('10'),
    step('20'),
    step('30', { findings: [finding] }),
    step(null),
  ]);
  for (const isOver of [false, false, false, true]) {
    expect(await pass.step()).toEqual({ isOver, isComplete: true });
  }
  expect(asked.map(([after]) => after)).toEqual(['', '10', '20', '30']);
  expect(published.map(flags)).toEqual([
    [true, 'checked', false, true],
    [false, 'checked', false, true],
    [false, 'checked', true, true],
  ]);
  expect(published.at(-1)![3]).toBe(40);
  expect(appeared).toEqual([
    expect.objectContaining({ nodeId: 1, accountId: 65n, expectedMinor: 700n, foundMinor: 705n }),
  ]);
});

test('a node that is away ends the walk with it, which resolves nothing', async () => {
  const { pass, published } = passOver(
    [step('10', { status: 'unreachable' })],
    walkNamed('transfers to node 2'),
  );
  expect(await pass.step()).toEqual({ isOver: true, isComplete: false });
  expect(published.map(flags)).toEqual([[true, 'unreachable', true, false]]);
});

test('what one node could not say is left out, and the walk goes on', async () => {
  const { pass, published } = passOver(
    [step('10', { status: 'unreachable' }), step(null)],
    walkNamed('arrivals'),
  );
  expect(await pass.step()).toEqual({ isOver: false, isComplete: false });
  expect(await pass.step()).toEqual({ isOver: true, isComplete: false });
  expect(flags(published.at(-1)!)).toEqual([false, 'checked', true, false]);
});

test('a step that fails is made again, smaller; after three times the walk is stuck', async () => {
  const failure = new Error('canceling statement due to statement timeout');
  const { pass, asked } = passOver([step('10'), failure, failure, failure]);
  await pass.step();
  for (const isStuck of [false, false, true]) {
    await expect(pass.step()).rejects.toThrow(failure);
    expect(pass.isStuck).toBe(isStuck);
  }
  expect(asked.map(([after, limit]) => [after, limit])).toEqual([
    ['', 100],
    ['10', 100],
    ['10', 25],
    ['10', 6],
  ]);
});

test.each(['25006', '57P01', 'ECONNREFUSED', '53100', 'a late lease'])(
  'an outage (%s), however long, leaves the walk where it was, and its steps as large',
  async (code) => {
    const outage =
      code === 'a late lease'
        ? new LeaseOverError()
        : new DatabaseError(code, 'audit_step', new Error(code));
    const { pass, asked } = passOver([step('10'), ...Array<Answer>(10).fill(outage), step(null)]);
    await pass.step();
    for (let n = 0; n < 10; n += 1) await expect(pass.step()).rejects.toThrow(outage);
    expect(pass.isStuck).toBe(false);
    expect(await pass.step()).toEqual({ isOver: true, isComplete: true });
    expect(asked.at(-1)!.slice(0, 2)).toEqual(['10', 100]);
  },
);
