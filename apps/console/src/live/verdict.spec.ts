import type { NodeSnapshot, Overview } from './snapshot.js';
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
    expect(title).toBe('dc2: its gateway gives no answer (no answer in 1.5 s)');
    expect(detail).toBe('and 2 more things below');
    expect(findings.map(({ level }) => level)).toEqual(['bad', 'bad', 'warn']);
  });

  test('is never good while nobody can tell', () => {
    expect(judge(overview(node(1, { lag: { fault: 'no answer' } })))).toMatchObject({
      level: 'bad',
    });
  });
});
