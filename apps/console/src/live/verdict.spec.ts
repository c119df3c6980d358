import type { AuditFault, NodeSnapshot, Overview } from './snapshot.js';
import { judge } from './verdict.js';

function node(id: number, change: Partial<NodeSnapshot> = {}): NodeSnapshot {
  return {
    node: id,
    at: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    faults: {},
    lag: { messages: 0, oldestSeconds: 0, halted: 0, partitions: [], fault: null },
    rates: { arriving: 0, applied: 0, payOuts: 0 },
    deadLetters: { open: 0, byReason: {}, fault: null },
    parked: { count: 0, oldestSeconds: 0, fault: null },
    drains: { stages: [], fault: null },
    audit: { open: 0, first: null, walkedSeconds: 10, fault: null },
    links: { peers: [], fault: null },
    ...change,
  };
}

function overview(...snapshots: (NodeSnapshot | number)[]): Overview {
  return {
    node: 1,
    at: '2026-01-01T00:00:00.000Z',
    nodes: snapshots.map((one) =>
      typeof one === 'number'
        ? { node: one, snapshot: null, fault: 'no answer in 1.5 s' }
        : { node: one.node, snapshot: one, fault: null },
    ),
  };
}

const audit = (open: number, change: Partial<AuditFault> = {}): Partial<NodeSnapshot> => ({
  audit: {
    open,
    first: {
      check: 'balance',
      node: 2,
      accountId: '129',
      subject: '',
      differenceMinor: '12345',
      difference: '123.45',
      currency: 'USD',
      ...change,
    },
    walkedSeconds: 10,
    fault: null,
  },
});

const lag = (messages: number, oldestSeconds: number, halted = 0): Partial<NodeSnapshot> => ({
  lag: { messages, oldestSeconds, halted, partitions: [], fault: null },
});

describe('the verdict', () => {
  test('is that money flows, and within what time', () => {
    expect(judge(overview(node(1), node(2, lag(3, 0.4))))).toMatchObject({
      level: 'good',
      title: 'Money flows',
      detail: 'everything applied within 0.4 s · 2 of 2 datacenters answer',
    });
  });

  test('leads to the letters that wait, wherever they do', () => {
    const letters = { deadLetters: { open: 2, byReason: {}, fault: null } };
    expect(judge(overview(node(1), node(2, letters)))).toMatchObject({
      detail: expect.stringContaining('2 dead letters wait for an operator'),
      place: { to: 'dead-letters?node=2', label: 'Dead letters of dc2' },
    });
    expect(judge(overview(node(1))).place).toBeUndefined();
  });

  test('says that an upstream service holds pay-ins back, before how many wait', () => {
    const open = { openTransactionSeconds: 38, messages: 51, oldestSeconds: 38, halted: 0 };
    const behind = node(2, { lag: { ...open, partitions: [], fault: null } });
    expect(judge(overview(node(1), behind)).findings.map(({ text }) => text)).toEqual([
      'dc2: an upstream service has left a transaction open for 38 s',
      'dc2: 51 pay-ins wait, oldest 38 s',
    ]);
  });

  test('names an upstream topic that is away, and what to mend', () => {
    const awayTopics = { 'billing.payin.shop': 'the broker has no such topic' };
    const quiet = { messages: 0, oldestSeconds: 0, halted: 0, partitions: [], fault: null };
    expect(judge(overview(node(1), node(2, { lag: { ...quiet, awayTopics } })))).toMatchObject({
      level: 'warn',
      title: 'dc2: nothing is known of billing.payin.shop (the broker has no such topic)',
    });
  });

  test('says who is behind, by how much and since when', () => {
    const { level, title } = judge(overview(node(1), node(2, lag(1_204, 38))));
    expect({ level, title }).toEqual({
      level: 'bad',
      title: 'dc2: 1,204 pay-ins wait, oldest 38 s',
    });
    expect(judge(overview(node(1, lag(1, 6))))).toMatchObject({
      level: 'warn',
      title: 'dc1: 1 pay-in waits, oldest 6 s',
    });
  });

  test('puts the worst first and the others below', () => {
    const { title, detail, findings } = judge(
      overview(node(1, lag(9, 8)), 2, node(3, lag(5, 0, 2))),
    );
    expect(title).toBe('dc2: its gateway gives no answer in 1.5 s');
    expect(detail).toBe('and 2 more things below');
    expect(findings.map(({ level }) => level)).toEqual(['bad', 'bad', 'warn']);
  });

  test('puts money that does not add up before everything else', () => {
    const { level, title, findings } = judge(overview(node(1, lag(9, 90)), node(2, audit(1)), 3));
    expect({ level, title }).toEqual({
      level: 'bad',
      title: 'dc2: audit: balance of account 129 is off by +123.45 USD',
    });
    expect(findings[0]?.place).toEqual({ to: 'audit?node=2', label: 'Audit of dc2' });
    expect(findings).toHaveLength(3);
  });

  test('tells the first of several audit faults, and what is known of it', () => {
    const titleOf = (change: Partial<AuditFault>): string =>
      judge(overview(node(2, audit(3, change)))).title;
    expect(titleOf({ difference: '-1000.00' })).toBe(
      'dc2: 3 audit faults, the first: balance of account 129 is off by −1,000.00 USD',
    );
    const offset = { check: 'offset', accountId: null, difference: null, currency: null };
    expect(titleOf({ ...offset, subject: 'billing.payin:3', differenceMinor: '-7' })).toBe(
      'dc2: 3 audit faults, the first: offset of billing.payin:3 is off by −7',
    );
    expect(titleOf({ check: 'copy', node: 1, difference: '0.00', differenceMinor: '0' })).toBe(
      'dc2: 3 audit faults, the first: copy of account 129 at dc1 is not as it must be',
    );
  });

  test('is not good while an audit cannot be read, or comes to no end', () => {
    expect(judge(overview(node(1, { audit: { fault: 'no answer' } })))).toMatchObject({
      level: 'warn',
      title: 'dc1: what its audit has found is not known',
    });
    const stale = { open: 0, first: null, walkedSeconds: 7_500, fault: null };
    expect(judge(overview(node(1, { audit: stale })))).toMatchObject({
      level: 'warn',
      title: 'dc1: its audit has not come to an end for 2 h 5 min',
    });
    const young = { open: 0, first: null, walkedSeconds: null, fault: null };
    expect(judge(overview(node(1, { audit: young }))).level).toBe('good');
  });

  test('is never good while nobody can tell', () => {
    expect(judge(overview(node(1, { lag: { fault: 'no answer' } })))).toMatchObject({
      level: 'bad',
    });
  });
});
