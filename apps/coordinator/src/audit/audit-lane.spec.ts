import { setTimeout as sleep } from 'node:timers/promises';
import { quickWalks, type Database } from '@billing/database';
import { AuditLane, type AuditLaneOptions } from './audit-lane.js';

type Ask = (calling: string) => Promise<unknown[]>;

/** A database of which only connections of one's own are asked. Releasing one ends its call under way. */
function databaseThat(ask: Ask) {
  let sessions = 0;
  const connect = () => {
    sessions += 1;
    let end: (error: Error) => void;
    const ended = new Promise<never>((_, reject) => (end = reject));
    ended.catch(() => undefined);
    return Promise.resolve({
      isLost: false,
      query: (calling: string) => Promise.race([ask(calling), ended]),
      release: () => end(new Error('closed')),
    });
  };
  return { database: { connect } as unknown as Database, sessions: () => sessions };
}

const checked = { status: 'checked', next_after: null, checked: 1, findings: [] };
const answer: Ask = (calling) =>
  Promise.resolve([calling === 'record_audit' ? { appeared: [], resolved: [] } : checked]);

function laneOver(database: Database, more: Partial<AuditLaneOptions> = {}) {
  const passes: boolean[] = [];
  const warnings: object[] = [];
  const lane = new AuditLane({
    database,
    intervalMs: 5,
    passMs: 100,
    delayMs: 0,
    batchMax: 100,
    doubtMs: 60_000,
    lease: 1n,
    listWalks: () => Promise.resolve(quickWalks()),
    onAppeared: () => undefined,
    onResolved: () => undefined,
    onPassed: (isComplete) => {
      passes.push(isComplete);
      return Promise.resolve();
    },
    log: { warn: (facts: object) => warnings.push(facts) } as never,
    ...more,
  });
  return { lane, passes, warnings };
}

test('passes begin no more often than they may, over one connection', async () => {
  const { database, sessions } = databaseThat(answer);
  const { lane, passes } = laneOver(database);
  const startMs = performance.now();
  lane.start();
  while (passes.length < 2) await sleep(5);
  expect(performance.now() - startMs).toBeGreaterThan(95);
  await lane.stop();
  expect(passes).toEqual([true, true]);
  expect(sessions()).toBe(1);
});

test('a walk that fails again and again is left out, and the others are walked', async () => {
  const { database } = databaseThat((calling) =>
    calling === 'audit_doubt' ? Promise.reject(new Error('broken')) : answer(calling),
  );
  const { lane, passes, warnings } = laneOver(database, { passMs: 10_000 });
  lane.start();
  while (passes.length === 0) await sleep(5);
  await lane.stop();
  expect(passes).toEqual([false]);
  expect(warnings).toEqual(Array(3).fill(expect.objectContaining({ walk: 'doubt' })));
});

test('stopping ends a step that waits for another node', async () => {
  const { database } = databaseThat(() => new Promise(() => undefined));
  const { lane, passes, warnings } = laneOver(database);
  lane.start();
  await sleep(20);
  await lane.stop();
  expect({ passes, warnings }).toEqual({ passes: [], warnings: [] });
});
