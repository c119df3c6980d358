import { seePositions, type Caller, type PositionState } from '@billing/database';
import type { PositionElement } from '@billing/contracts';
import type { PositionOutcome } from '../metrics/gateway.metrics.js';
import { HttpProblem } from './http-problem.js';

export interface ArrivalWaitsOptions {
  readonly database: Caller;
  /** How long one request waits. */
  readonly waitMs: number;
  /** Requests that wait at once; more are refused. */
  readonly waitingMax: number;
  readonly onEnded: (outcome: PositionOutcome, waitedMs: number) => void;
}

/** Between two looks, unless somebody else comes. */
const LOOK_INTERVAL_MS = 10;
/** Of one look; the next one goes on with those who were left out. */
const LOOK_ELEMENTS_MAX = 1_000;

interface Wait {
  readonly elements: readonly PositionElement[];
  readonly arrive: () => void;
  readonly giveUp: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Requests that want to read what a position names (docs/positions.md). However many wait, one statement at a time asks for all
 * of them, and no connection is held between two.
 *
 * waiting -> arrived   all that the position names
 * waiting -> stale     its time is over, the client is gone, the gateway stops, or it can never be known here
 * waiting -> failed    a node that there is not; PostgreSQL cannot be asked
 */
export class ArrivalWaits {
  private readonly waits = new Set<Wait>();
  private looking: Promise<void> | undefined;
  private onCome: (() => void) | undefined;
  private isStopping = false;

  constructor(private readonly options: ArrivalWaitsOptions) {}

  /**
   * @param signal nobody waits any more
   * @returns undefined: all of it has arrived; else how many ms it was waited for in vain
   * @throws HttpProblem, DatabaseError
   */
  wait(elements: readonly PositionElement[], signal: AbortSignal): Promise<number | undefined> {
    const { waitMs, waitingMax, onEnded } = this.options;
    if (this.waits.size >= waitingMax) {
      const detail = 'too many requests wait for what a position names to arrive';
      return Promise.reject(new HttpProblem('overloaded', detail));
    }
    if (this.isStopping || signal.aborted) {
      onEnded('stale', 0);
      return Promise.resolve(0);
    }
    return new Promise((resolve, reject) => {
      const beganMs = performance.now();
      const end = (outcome: PositionOutcome, settle: (waitedMs: number) => void): void => {
        if (!this.waits.delete(wait)) return;
        clearTimeout(timer);
        signal.removeEventListener('abort', wait.giveUp);
        const waitedMs = performance.now() - beganMs;
        onEnded(outcome, waitedMs);
        settle(waitedMs);
      };
      const wait: Wait = {
        elements,
        arrive: () => end('arrived', () => resolve(undefined)),
        giveUp: () => end('stale', (waitedMs) => resolve(Math.round(waitedMs))),
        fail: (error) => end('failed', () => reject(error as Error)),
      };
      const timer = setTimeout(wait.giveUp, waitMs);
      signal.addEventListener('abort', wait.giveUp);
      this.waits.add(wait);
      this.onCome?.();
      this.looking ??= this.look();
    });
  }

  /** Whoever waits reads what there is. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const { giveUp } of this.waits) giveUp();
    this.onCome?.();
    await this.looking;
  }

  private async look(): Promise<void> {
    while (this.waits.size > 0) {
      const chosen = this.choose();
      try {
        const elements = chosen.flatMap((wait) => wait.elements);
        const states = await seePositions(this.options.database, elements);
        let at = 0;
        for (const wait of chosen) settle(wait, states.slice(at, (at += wait.elements.length)));
      } catch (error) {
        for (const { fail } of chosen) fail(error);
      }
      const seen = new Set(chosen);
      const hasNew = [...this.waits].some((wait) => !seen.has(wait));
      if (!hasNew && this.waits.size > 0) await this.pause();
    }
    // In the same turn as the last look at who waits: whoever comes next begins anew.
    this.looking = undefined;
  }

  /** The first of them, who go to the end of the line. */
  private choose(): Wait[] {
    const chosen: Wait[] = [];
    let count = 0;
    for (const wait of this.waits) {
      count += wait.elements.length;
      if (chosen.length > 0 && count > LOOK_ELEMENTS_MAX) break;
      chosen.push(wait);
    }
    for (const wait of chosen) {
      this.waits.delete(wait);
      this.waits.add(wait);
    }
    return chosen;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.onCome = undefined;
        resolve();
      };
      const timer = setTimeout(end, LOOK_INTERVAL_MS);
      this.onCome = end;
    });
  }
}

function settle(wait: Wait, states: readonly PositionState[]): void {
  const stranger = states.indexOf('no_such_node');
  if (stranger >= 0) {
    const { nodeId } = wait.elements[stranger]!;
    wait.fail(HttpProblem.ofField('Billing-After', `names node ${nodeId}, which there is not`));
  } else if (states.includes('superseded')) wait.giveUp();
  else if (states.every((state) => state === 'arrived')) wait.arrive();
}
