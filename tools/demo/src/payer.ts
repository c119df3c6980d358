import pLimit from 'p-limit';
import type { PaidOut, PayOutRequest } from '@billing/contracts';
import { toHundredths } from './minor-units.js';
import { NoPayOutAnswer, PayOutRefusal } from './pay-out-stream.js';
import { untilDone } from './retry.js';

/**
 * Pay-outs in flight at one coordinator. With three datacenters on two busy cores, 64 of them were as many
 * a second as 12 (within a tenth), and each took three times as long.
 */
const inFlightMax = 16;

export type PayOutOutcome =
  | {
      readonly kind: 'paid';
      /** What each node gave, in hundredths. */
      readonly parts: ReadonlyMap<number, bigint>;
      /** An earlier run had paid it. */
      readonly replayed: boolean;
    }
  | { readonly kind: 'refused' }
  /** Not asked again: an earlier run went on behind it, with money that came later. */
  | { readonly kind: 'passed' };

export interface TimedOutcome {
  readonly outcome: PayOutOutcome;
  /** From the first try to the answer that counts. */
  readonly tookMs: number;
}

export interface PayerOptions {
  readonly datacenterName: string;
  readonly stream: { payOut(request: PayOutRequest): Promise<PaidOut> };
  /** Told of an answer that did not come, and of one that came again. */
  readonly onTrouble: (reason: string) => void;
  readonly onWell: () => void;
}

/**
 * One datacenter's coordinator, asked until it has decided: a try that may still succeed, or whose
 * outcome is not known, is repeated under the same key and nowhere else.
 */
export class Payer {
  private readonly inFlight = pLimit(inFlightMax);

  constructor(private readonly options: PayerOptions) {}

  /** @throws DemoError GAVE_UP; PayOutRefusal for a reason that is no answer to a pay-out of the file */
  payOut(request: PayOutRequest, signal: AbortSignal): Promise<TimedOutcome> {
    const { datacenterName, stream, onTrouble, onWell } = this.options;
    return this.inFlight(async () => {
      const startedMs = performance.now();
      const outcome = await untilDone(
        {
          what: `${request.reference} at ${datacenterName}`,
          isRetryable,
          onRetry: (error) => {
            // Held or short of a part: no trouble of the datacenter that is asked.
            if (error instanceof NoPayOutAnswer) onTrouble('its coordinator does not answer');
            else if (isOutageReason(error)) onTrouble(`its coordinator says: ${error.message}`);
          },
          signal,
        },
        async () => toOutcome(stream.payOut(request)),
      );
      onWell();
      return { outcome, tookMs: performance.now() - startedMs };
    });
  }
}

async function toOutcome(answer: Promise<PaidOut>): Promise<PayOutOutcome> {
  try {
    const { payOut, replayed } = await answer;
    const parts = payOut.parts.map(({ nodeId, amount }) => [nodeId, toHundredths(amount)] as const);
    return { kind: 'paid', parts: new Map(parts), replayed };
  } catch (error) {
    if (error instanceof PayOutRefusal && error.reason === 'INSUFFICIENT_FUNDS') {
      return { kind: 'refused' };
    }
    throw error;
  }
}

function isRetryable(error: unknown): boolean {
  if (error instanceof NoPayOutAnswer) return true;
  // An account may be unknown for a moment: its row is still replicating.
  return (
    error instanceof PayOutRefusal && (error.retryable || error.reason === 'ACCOUNT_NOT_FOUND')
  );
}

function isOutageReason(error: Error): error is PayOutRefusal {
  const outages = ['DATABASE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'KEYS_UNAVAILABLE', 'OVERLOADED'];
  return error instanceof PayOutRefusal && outages.includes(error.reason);
}
