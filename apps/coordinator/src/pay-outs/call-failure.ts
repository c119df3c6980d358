import { DatabaseError } from '@billing/database';
import type { CallFailure } from './combiner.js';

const AGAIN_AFTER_MS = 50;

/**
 * The call may have been carried out: it may be made again under its keys. It was not, as others were in
 * the way: again at once. PostgreSQL cannot carry it out now: callers hear so now, unless an earlier call
 * of theirs is in doubt. It took too long: so would the next.
 */
export function judgeFailure(error: unknown): CallFailure {
  if (!(error instanceof DatabaseError)) {
    return { mayHaveHappened: false, again: 'none', delayMs: 0 };
  }
  const mayHaveHappened = error.effect === 'unknown';
  if (!error.retryable) return { mayHaveHappened, again: 'none', delayMs: 0 };
  if (mayHaveHappened) return { mayHaveHappened, again: 'all', delayMs: AGAIN_AFTER_MS };
  switch (error.kind) {
    case 'conflict':
      return { mayHaveHappened, again: 'all', delayMs: 0 };
    case 'timeout':
      return { mayHaveHappened, again: 'none', delayMs: 0 };
    default:
      return { mayHaveHappened, again: 'in_doubt', delayMs: AGAIN_AFTER_MS };
  }
}
