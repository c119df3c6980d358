/** What is charted; docs/api.md says what each means. */
export const historyMetrics = [
  'lag_seconds',
  'lag_messages',
  'arriving',
  'applied',
  'pay_outs',
] as const;
export type HistoryMetric = (typeof historyMetrics)[number];

/** Undefined: it was not known. */
export type HistorySample = Readonly<Partial<Record<HistoryMetric, number | undefined>>>;

/** [milliseconds since 1970, value]; null: not known in that step. */
export type HistoryPoint = readonly [number, number | null];

export const STEP_MS = 10_000;
const STEPS_MAX = 360;

interface Step {
  readonly startsMs: number;
  readonly values: Map<HistoryMetric, number>;
}

/**
 * The last hour in steps of ten seconds, since this gateway started. A step keeps the highest value
 * that was seen in it: a short rise must not be smoothed away.
 */
export class HistoryRing {
  private readonly steps: Step[] = [];

  constructor(readonly sinceMs = Date.now()) {}

  add(sample: HistorySample, nowMs = Date.now()): void {
    const step = this.stepAt(nowMs);
    for (const metric of historyMetrics) {
      const value = sample[metric];
      if (value === undefined) continue;
      step.values.set(metric, Math.max(value, step.values.get(metric) ?? 0));
    }
  }

  points(metric: HistoryMetric): HistoryPoint[] {
    return this.steps.map(({ startsMs, values }) => [startsMs, values.get(metric) ?? null]);
  }

  private stepAt(nowMs: number): Step {
    const startsMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
    const last = this.steps.at(-1);
    if (last?.startsMs === startsMs) return last;
    const step: Step = { startsMs, values: new Map() };
    this.steps.push(step);
    if (this.steps.length > STEPS_MAX) this.steps.shift();
    return step;
  }
}
