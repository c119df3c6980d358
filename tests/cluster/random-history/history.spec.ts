import {
  countOperations,
  makeHistory,
  withOwnCommandIds,
  type HistorySize,
  type Step,
} from './history.js';

const size: HistorySize = {
  operations: 2_000,
  nodes: 3,
  quietAccounts: 50,
  busyAccounts: 4,
  busyLanes: 8,
  busyShare: 0.2,
};
const history = makeHistory(1, size);
const steps = history.flatMap(({ lanes }) => lanes.flat());
const payOuts = steps.filter((step) => step.does === 'pay_out');

test('a seed makes one history, with exactly as many operations as were asked for', () => {
  const text = JSON.stringify(history);
  expect(JSON.stringify(makeHistory(1, size)) === text).toBe(true);
  expect(JSON.stringify(makeHistory(2, size)) === text).toBe(false);
  for (const seed of [1, 2, 3, 4, 5]) {
    expect(countOperations(makeHistory(seed, size))).toBe(size.operations);
  }
});

test('of another tenant it has the same keys, and command ids of its own', () => {
  const theirs = withOwnCommandIds(history).flatMap(({ lanes }) => lanes.flat());
  const idsOf = (all: readonly Step[]): string[] =>
    all.flatMap((step) => (step.does === 'pay_in' ? [step.commandId] : []));
  const mine = new Set(idsOf(steps));
  expect(idsOf(theirs).filter((id) => mine.has(id))).toEqual([]);
  expect(new Set(idsOf(theirs)).size).toBe(mine.size);
  const others = (all: readonly Step[]): Step[] => all.filter(({ does }) => does !== 'pay_in');
  expect(others(theirs)).toEqual(others(steps));
});

test('everything that can happen happens', () => {
  const has = (what: (step: Step) => boolean): boolean => steps.some(what);
  for (const does of ['pay_in', 'pay_out', 'refund', 'freeze', 'delete', 'await'] as const) {
    expect(has((step) => step.does === does)).toBe(true);
  }
  const commands = steps.filter((step) => step.does === 'pay_in');
  const contents = new Set(commands.map(({ commandId, amount }) => `${commandId} ${amount}`));
  const ids = new Set(commands.map(({ commandId }) => commandId));
  expect(commands.length).toBeGreaterThan(contents.size);
  expect(contents.size).toBeGreaterThan(ids.size);
  for (const place of ['home', 'stays', 'wanders']) {
    expect(commands.some((step) => step.place === place)).toBe(true);
  }

  const asked = new Set(payOuts.map(({ key, amount }) => `${key} ${amount}`));
  const keys = new Set(payOuts.map(({ key }) => key));
  expect(payOuts.length).toBeGreaterThan(asked.size);
  expect(asked.size).toBeGreaterThan(keys.size);
  expect(payOuts.some(({ isDoubled }) => isDoubled)).toBe(true);
  expect(payOuts.some(({ localOnly }) => localOnly)).toBe(true);
  expect(payOuts.some(({ minimum }) => minimum === 0)).toBe(true);
  expect(payOuts.some(({ minimum = 0 }) => minimum > 0)).toBe(true);
});

test('a key stays with the node and the account that had it first', () => {
  const placeOf = new Map<string, string>();
  const moved: string[] = [];
  history.forEach(({ lanes }, account) => {
    for (const step of lanes.flat()) {
      if (step.does !== 'pay_out') continue;
      const place = `${account} ${step.node}`;
      if ((placeOf.get(step.key) ?? place) !== place) moved.push(step.key);
      placeOf.set(step.key, place);
    }
  });
  expect(moved).toEqual([]);
});

test('whatever is frozen is thawed by the same lane, and nobody waits there meanwhile', () => {
  const wrong: Step[] = [];
  let froze = 0;
  for (const { lanes } of history) {
    const freezing = lanes.filter((steps) => steps.some(({ does }) => does === 'freeze'));
    expect(freezing.length).toBeLessThan(2);
    const thawed = new Set<string>();
    let sinceFrozen: string | undefined;
    for (const step of freezing.flat()) {
      // Once more what was thawed since changes nothing.
      if (step.does === 'freeze' && !thawed.has(step.key)) sinceFrozen = step.key;
      if (
        (step.does === 'thaw' || step.does === 'await') &&
        (step.does === 'thaw') !== (sinceFrozen !== undefined)
      )
        wrong.push(step);
      if (step.does !== 'thaw') continue;
      thawed.add(sinceFrozen!);
      sinceFrozen = undefined;
    }
    expect(sinceFrozen).toBeUndefined();
    froze += freezing.length;
  }
  expect(wrong).toEqual([]);
  expect(froze).toBeGreaterThan(1);
});

test('nobody waits for pay-ins of an account that may be deleted', () => {
  for (const { lanes } of history) {
    const all = lanes.flat();
    if (!all.some(({ does }) => does === 'delete')) continue;
    expect(all.some(({ does }) => does === 'await')).toBe(false);
  }
});
