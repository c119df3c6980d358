/** Nearest rank: the smallest value that so much of all lies at or below. Undefined of nothing. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export function formatLatency(values: readonly number[]): string {
  const [half, most] = [percentile(values, 0.5), percentile(values, 0.99)];
  if (half === undefined || most === undefined) return '';
  return `p50 ${formatMs(half)}, p99 ${formatMs(most)}`;
}

function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString('en-US')} ms`;
}
