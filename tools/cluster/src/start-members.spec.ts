import { setImmediate as turn } from 'node:timers/promises';
import type { Member, MemberKind } from './member.js';
import { inStartOrder, startMembers } from './start-members.js';

const AT_ONCE = 2;

/** Members whose starts end when they are told to. */
class Starts {
  readonly begun: string[] = [];
  isStopping = false;
  private readonly open = new Map<string, PromiseWithResolvers>();

  /** How the start of all ends: undefined, or what it threw. */
  async begin(names: readonly string[]): Promise<{ readonly outcome: Promise<unknown> }> {
    const members = names.map((name) => ({ start: () => this.start(name) }));
    const outcome = startMembers(members, AT_ONCE, () => this.isStopping).then(
      () => undefined,
      (error: unknown) => error,
    );
    await turn();
    return { outcome };
  }

  async ready(name: string): Promise<void> {
    this.open.get(name)!.resolve();
    await turn();
  }

  async fail(name: string, error: Error): Promise<void> {
    this.open.get(name)!.reject(error);
    await turn();
  }

  private start(name: string): Promise<void> {
    this.begun.push(name);
    return new Promise((resolve, reject) => this.open.set(name, { resolve, reject }));
  }
}

interface PromiseWithResolvers {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

describe('members that start a few at a time', () => {
  test('begin in their order, the next one when one is ready', async () => {
    const starts = new Starts();
    const { outcome } = await starts.begin(['a', 'b', 'c', 'd']);
    expect(starts.begun).toEqual(['a', 'b']);
    await starts.ready('b');
    expect(starts.begun).toEqual(['a', 'b', 'c']);
    for (const name of ['c', 'a', 'd']) await starts.ready(name);
    expect(starts.begun).toEqual(['a', 'b', 'c', 'd']);
    expect(await outcome).toBeUndefined();
  });

  test('leave those behind a failure unstarted, and wait for those under way', async () => {
    const starts = new Starts();
    const { outcome } = await starts.begin(['a', 'b', 'c']);
    const failure = new Error('no port');
    await starts.fail('a', failure);
    let isOver = false;
    void outcome.then(() => (isOver = true));
    await turn();
    expect(isOver).toBe(false);
    await starts.ready('b');
    expect(await outcome).toBe(failure);
    expect(starts.begun).toEqual(['a', 'b']);
  });

  test('are not begun any more once all is to stop', async () => {
    const starts = new Starts();
    const { outcome } = await starts.begin(['a', 'b', 'c']);
    starts.isStopping = true;
    await starts.ready('a');
    await starts.ready('b');
    expect(await outcome).toMatchObject({ code: 'STOPPED' });
    expect(starts.begun).toEqual(['a', 'b']);
  });

  test('come by datacenter, each gateway behind the next coordinator', () => {
    const kinds: MemberKind[] = ['ledger-worker', 'gateway', 'coordinator'];
    const members = kinds.flatMap((kind) =>
      [2, 1].map((nodeId) => ({ spec: { kind, nodeId } }) as Member),
    );
    expect(inStartOrder(members).map(({ spec }) => `${spec.nodeId}/${spec.kind}`)).toEqual([
      '1/coordinator',
      '1/ledger-worker',
      '2/coordinator',
      '1/gateway',
      '2/ledger-worker',
      '2/gateway',
    ]);
  });
});
