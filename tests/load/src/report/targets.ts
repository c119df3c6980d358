import type { Target } from './bench-report.js';

/** What the project wants of its benches; why, and what bounds each: docs/performance.md. */
export const targets = {
  /** Pay-ins everywhere beside those with peers stopped, of 2,000 accounts. */
  everywhere: { of: 'ratio', atLeast: 0.7 },
  /** The sum at three datacenters beside one alone. */
  sum: { of: 'ratio', atLeast: 0.9 },
  /** Seconds that a replica is behind, at the worst moment of each round. */
  behind: { of: 'value', atMost: 2, everyRound: true },
  stream: { of: 'ratio', atLeast: 3 },
  gateway: { of: 'ratio', atLeast: 1.5 },
  /** One hot account beside many. */
  hot: { of: 'ratio', atLeast: 0.8 },
  /** Milliseconds, the median at a steady rate. */
  steady: { of: 'value', atMost: 3 },
  /** A pay-out that is heard at another node than its home, beside one round trip between them. */
  elsewhere: { of: 'ratio', atMost: 1.15 },
  /** A drain beside a round trip and a local pay-out. */
  drain: { of: 'ratio', atMost: 1.15 },
} as const satisfies Record<string, Target>;
