import type { Caller, SubscriptionStatus, Visit } from '@billing/database';
import { createLog } from '@billing/observability';
import { SubscriptionWatchdog } from './subscription-watchdog.js';

/** What a visit shows, and a clock, both moved by hand. */
class Bench {
  status: SubscriptionStatus = 'replicating';
  slotLost = false;
  answers = true;
  nowMs = 0;
  restarts = 0;
  readonly alarms: unknown[] = [];
  private readonly log = createLog({ app: 'spec', nodeId: 1, level: 'silent' });
  private readonly watchdog: SubscriptionWatchdog;

  constructor() {
    this.log.error = ((facts: unknown) => void this.alarms.push(facts)) as typeof this.log.error;
    this.watchdog = new SubscriptionWatchdog(2, {
      delayMinMs: 1_000,
      delayMaxMs: 4_000,
      log: this.log,
      nowMs: () => this.nowMs,
    });
  }

  /** Looks once a second. */
  async looks(times: number, everyMs = 1_000): Promise<void> {
    for (let look = 0; look < times; look += 1) {
      await this.watchdog.look(this.caller, this.seen);
      this.nowMs += everyMs;
    }
  }

  private readonly caller: Caller = {
    query: <T>(calling: string): Promise<T[]> => {
      if (calling === 'restart_subscription') {
        this.restarts += 1;
        return Promise.resolve([{ restarted: true }] as T[]);
      }
      throw new Error(`a watchdog does not call ${calling}`);
    },
  };

  private get seen(): Pick<Visit, 'answers' | 'subscription' | 'slotLost'> {
    return { answers: this.answers, subscription: this.status, slotLost: this.slotLost };
  }
}

describe('the watchdog of a subscription', () => {
  test('restarts it at once when it is down, then less and less often', async () => {
    const bench = new Bench();
    await bench.looks(3);
    expect(bench.restarts).toBe(0);
    bench.status = 'down';
    await bench.looks(1);
    expect(bench.restarts).toBe(1);
    // After 1, 2, 4, 4, 4 seconds: looks number 2, 4, 8, 12, 16.
    await bench.looks(15);
    expect(bench.restarts).toBe(6);
  });

  test('misses no restart for a look that comes a moment sooner than a second after the one before', async () => {
    const bench = new Bench();
    bench.status = 'down';
    await bench.looks(16, 990);
    expect(bench.restarts).toBe(6);
  });

  test.each<SubscriptionStatus>(['replicating', 'initializing', 'disabled', 'unknown', 'missing'])(
    'leaves one alone that is %s',
    async (status) => {
      const bench = new Bench();
      bench.status = status;
      await bench.looks(30);
      expect(bench.restarts).toBe(0);
    },
  );

  test('waits for a node that does not answer, and restarts as soon as it does', async () => {
    const bench = new Bench();
    bench.status = 'down';
    await bench.looks(8);
    const before = bench.restarts;
    bench.answers = false;
    await bench.looks(60);
    expect(bench.restarts).toBe(before);
    bench.answers = true;
    await bench.looks(1);
    expect(bench.restarts).toBe(before + 1);
  });

  test('forgets its patience once all was well for a while', async () => {
    const bench = new Bench();
    bench.status = 'down';
    await bench.looks(9);
    bench.status = 'replicating';
    await bench.looks(12);
    const before = bench.restarts;
    bench.status = 'down';
    await bench.looks(2);
    expect(bench.restarts).toBe(before + 2);
  });

  test('says once a minute that a slot is lost', async () => {
    const bench = new Bench();
    await bench.looks(2);
    expect(bench.alarms).toEqual([]);
    bench.slotLost = true;
    await bench.looks(61);
    expect(bench.alarms).toEqual([
      { peer: 2, alarm: 'slot_lost' },
      { peer: 2, alarm: 'slot_lost' },
    ]);
  });
});
