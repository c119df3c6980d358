/** Where an unapplied stretch of a partition begins: the next message to apply. */
export type NextOffsets = ReadonlyMap<number, bigint>;

/** Of each partition, its first message from that time on. */
export type OffsetsAt = (timestampMs: number) => Promise<ReadonlyMap<number, bigint>>;

const AGE_MIN_MS = 250;
const GROWTH = 4;
const PRECISION = 0.05;
const QUESTIONS_MAX = 24;

/** The message is older than `olderThanMs`, and no older than `atMostMs` (undefined: not known yet). */
interface Bracket {
  olderThanMs: number;
  atMostMs: number | undefined;
}

/**
 * How long the next message of each partition has waited, found by asking the broker which messages are
 * older than so and so long: four times as long until it is enough, then by halves to 5 % or 250 ms.
 * Nothing is consumed for it, and each question tells something of every partition, so a healthy topic
 * costs one. Rounded up: it never says less than the truth. The truth is what producers' clocks said.
 *
 * @param nextOffsets of partitions with something to apply
 */
export async function findAges(
  nextOffsets: NextOffsets,
  offsetsAt: OffsetsAt,
  { nowMs = Date.now(), stopping }: { nowMs?: number; stopping?: AbortSignal } = {},
): Promise<Map<number, number>> {
  const brackets = new Map<number, Bracket>();
  for (const partition of nextOffsets.keys()) {
    brackets.set(partition, { olderThanMs: 0, atMostMs: undefined });
  }
  for (let questions = 0; questions < QUESTIONS_MAX; questions += 1) {
    const wide = [...brackets.values()].filter(isWide);
    // A bound for each before any is made narrow.
    const next = wide.find(({ atMostMs }) => atMostMs === undefined) ?? wide[0];
    if (next === undefined || stopping?.aborted === true) break;
    const ageMs = Math.min(nextQuestion(next), nowMs);
    const offsets = await offsetsAt(Math.floor(nowMs - ageMs));
    for (const [partition, bracket] of brackets) {
      const firstYounger = offsets.get(partition);
      if (firstYounger === undefined) continue;
      if (firstYounger > nextOffsets.get(partition)!) {
        bracket.olderThanMs = Math.max(bracket.olderThanMs, ageMs);
      } else bracket.atMostMs = Math.min(bracket.atMostMs ?? Infinity, ageMs);
    }
  }
  return new Map(
    [...brackets].map(([partition, { olderThanMs, atMostMs }]) => [
      partition,
      atMostMs ?? olderThanMs,
    ]),
  );
}

function isWide({ olderThanMs, atMostMs }: Bracket): boolean {
  if (atMostMs === undefined) return true;
  return atMostMs - olderThanMs > Math.max(AGE_MIN_MS, PRECISION * atMostMs);
}

function nextQuestion({ olderThanMs, atMostMs }: Bracket): number {
  if (atMostMs === undefined) return Math.max(AGE_MIN_MS, GROWTH * olderThanMs);
  return (olderThanMs + atMostMs) / 2;
}
