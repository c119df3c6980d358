import type { ServerUnaryCall } from '@grpc/grpc-js';
import { BillingError } from './billing.errors.js';

/** What a call needs to know of the configuration. */
export class CoordinatorSettings {
  constructor(readonly callDeadlineMs: number) {}
}

type Call = Pick<ServerUnaryCall<unknown, unknown>, 'getDeadline'>;

/** When a call has to be answered: the caller's deadline, or ours if that is earlier. */
export class CallDeadline {
  private constructor(private readonly atMs: number) {}

  static of(call: Call, longestMs: number, nowMs = Date.now()): CallDeadline {
    // Without a deadline gRPC says Infinity.
    return new CallDeadline(Math.min(Number(call.getDeadline()), nowMs + longestMs));
  }

  remainingMs(): number {
    return Math.max(0, Math.floor(this.atMs - Date.now()));
  }

  /**
   * The work's answer, or DEADLINE_EXCEEDED. Work that was begun goes on: whoever repeats the call
   * under its key hears what became of it. @throws BillingError
   */
  async bound<T>(work: () => Promise<T>): Promise<T> {
    if (this.remainingMs() === 0) throw tooLate();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tooLate()), this.remainingMs());
    });
    try {
      return await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function tooLate(): BillingError {
  return new BillingError(
    'DEADLINE_EXCEEDED',
    'no answer within the deadline: it may have happened; the same call may be made again',
  );
}
