import { formatDatacenter } from '@billing/contracts';
import type { DatabaseError } from '@billing/database';
import { BillingError } from '../grpc/billing.errors.js';

/** It knows no such function, or does not let others call it: nothing came of it. */
export function isOfAnotherVersion({ kind, effect }: DatabaseError): boolean {
  return effect === 'none' && (kind === 'outdated' || kind === 'forbidden');
}

/** @param role of the node that decides */
export function homeUnreachable(
  homeNodeId: number,
  why: string,
  cause?: unknown,
  role = 'the home of the key',
): BillingError {
  const home = formatDatacenter(homeNodeId);
  return new BillingError(
    'HOME_UNREACHABLE',
    `${home}, ${role}, ${why}: of this call nothing was sent there, and nothing moved`,
    { node_id: String(homeNodeId), home },
    { cause },
  );
}

/** @param role of the node that decides */
export function homeUnknown(
  homeNodeId: number,
  cause?: unknown,
  role = 'the home of the key',
): BillingError {
  const home = formatDatacenter(homeNodeId);
  return new BillingError(
    'OUTCOME_UNKNOWN',
    `${home}, ${role}, did not answer: the same call under the same key tells what became of it`,
    { node_id: String(homeNodeId), home },
    { cause },
  );
}
