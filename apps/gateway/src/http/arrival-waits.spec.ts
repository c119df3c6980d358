import type { Caller, PositionState } from '@billing/database';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArrivalWaits } from './arrival-waits.js';

const WAIT_MS = 150;
const WAITING_MAX = 300;

/** A node where some batches have arrived, by their numbers. */
class Node implements Caller {
  readonly arrived = new Set<bigint>();
  /** Numbers that each statement asked for. */
  readonly asked: bigint[][] = [];
  state: PositionState = 'awaited';
  failure: Error | undefined;

  async query<T>(_calling: string, _text: string, values: readonly unknown[] = []): Promise<T[]> {
    await sleep(1);
    if (this.failure !== undefined) throw this.failure;
    const numbers = values[2] as bigint[];
    this.asked.push(numbers);
    const states = numbers.map((number) => (this.arrived.has(number) ? 'arrived' : this.state));
    return [{ states }] as T[];
  }
}

let node: Node;
let waits: ArrivalWaits;
let ended: { readonly outcome: string; readonly waitedMs: number }[];
const outcomes = (): string[] => ended.map(({ outcome }) => outcome);
const wait = (...numbers: bigint[]): Promise<number | undefined> =>
  waitAs(new AbortController().signal, ...numbers);
const waitAs = (signal: AbortSignal, ...numbers: bigint[]): Promise<number | undefined> =>
  waits.wait(
    numbers.map((number) => ({ nodeId: 2, incarnation: 1, number })),
    signal,
  );

beforeEach(() => {
  node = new Node();
  ended = [];
  waits = new ArrivalWaits({
    database: node,
    waitMs: WAIT_MS,
    waitingMax: WAITING_MAX,
    onEnded: (outcome, waitedMs) => void ended.push({ outcome, waitedMs }),
  });
});

afterEach(() => waits.stop());

test('what has arrived is looked for once; what has not until it has', async () => {
  node.arrived.add(1n);
  expect(await wait(1n)).toBeUndefined();
  expect(node.asked).toEqual([[1n]]);
  const both = wait(1n, 2n);
  await sleep(50);
  node.arrived.add(2n);
  expect(await both).toBeUndefined();
  expect(outcomes()).toEqual(['arrived', 'arrived']);
});

test('what does not arrive is told by how long it was waited for', async () => {
  expect(await wait(2n)).toBeGreaterThanOrEqual(WAIT_MS - 1);
  expect(node.asked.length).toBeGreaterThan(1);
  expect(outcomes()).toEqual(['stale']);
  expect(ended[0]!.waitedMs).toBeGreaterThanOrEqual(WAIT_MS - 1);
});

test('of an earlier incarnation nothing is waited for', async () => {
  node.state = 'superseded';
  expect(await wait(2n)).toBeLessThan(WAIT_MS / 2);
});

test('a node that there is not is refused by its number', async () => {
  node.state = 'no_such_node';
  await expect(wait(2n)).rejects.toMatchObject({
    kind: 'invalid-request',
    facts: { errors: [{ field: 'Billing-After', message: expect.stringContaining('node 2') }] },
  });
});

test('all who wait share statements, and each hears of its own', async () => {
  const waiting = Array.from({ length: WAITING_MAX }, (_, i) => wait(BigInt(i)));
  await expect(wait(1n)).rejects.toMatchObject({ kind: 'overloaded' });
  for (let i = 0; i < WAITING_MAX; i += 2) node.arrived.add(BigInt(i));
  const heard = await Promise.all(waiting);
  expect(heard.every((staleMs, i) => (staleMs === undefined) === (i % 2 === 0))).toBe(true);
  expect(node.asked.length).toBeLessThan(WAITING_MAX);
  // Who was refused did not wait.
  expect(ended).toHaveLength(WAITING_MAX);
});

test('more than one look may hold is asked in turns', async () => {
  const many = Array.from({ length: 100 }, (_, i) => BigInt(i));
  for (const number of many) node.arrived.add(number);
  const heard = await Promise.all(Array.from({ length: 25 }, () => wait(...many)));
  expect(heard).toEqual(Array(25).fill(undefined));
  expect(node.asked.slice(1).map((numbers) => numbers.length)).toEqual([1_000, 1_000, 400]);
});

test('a client that has gone, and a gateway that stops, wait no longer', async () => {
  const gone = new AbortController();
  const begunMs = performance.now();
  const left = waitAs(gone.signal, 2n);
  gone.abort();
  expect(await left).toBeLessThan(WAIT_MS / 2);
  const waiting = wait(2n);
  await waits.stop();
  expect(await waiting).toBeLessThan(WAIT_MS / 2);
  expect(await wait(2n)).toBe(0);
  expect(outcomes()).toEqual(['stale', 'stale', 'stale']);
  const asked = node.asked.length;
  await sleep(30);
  expect(node.asked).toHaveLength(asked);
  expect(performance.now() - begunMs).toBeLessThan(WAIT_MS);
});

test('a database that cannot be asked is told to whoever waits, and asked again by the next', async () => {
  node.failure = new Error('away');
  await expect(wait(2n)).rejects.toThrow('away');
  node.failure = undefined;
  node.arrived.add(2n);
  expect(await wait(2n)).toBeUndefined();
  expect(outcomes()).toEqual(['failed', 'arrived']);
});
