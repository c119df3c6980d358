import { hash } from 'node:crypto';

export interface PayOutMetadata {
  /** As it is kept. */
  readonly text: string;
  /** One text for all that say the same. */
  readonly canonical: string;
}

export interface ChargeMeaning {
  readonly serviceId: string;
  /** One text for all that are the same number. */
  readonly quantity: string;
}

/** What makes two requests the same. */
export interface PayOutMeaning {
  readonly accountId: string;
  readonly amountMinor: bigint;
  /** It takes what there is, up to the amount, and no less than this. */
  readonly minimumMinor?: bigint | undefined;
  readonly currency: string;
  readonly mayDrain: boolean;
  readonly reference: string | undefined;
  readonly metadata: PayOutMetadata | undefined;
  /** Instead of amount and currency, which follow from a price that may have changed since. */
  readonly charge?: ChargeMeaning | undefined;
}

export interface Fingerprints {
  readonly fingerprint: Buffer;
  readonly earlierFingerprints: readonly Buffer[];
}

const none: readonly Buffer[] = [];

/**
 * Fingerprints are kept as long as keys are, so each change of what is hashed is a version of its own: what an
 * earlier one wrote down is sent along, and a repeat is found under either (ADR 17).
 *
 *   version 1  sha256, 32 bytes; metadata as JSON.parse and JSON.stringify leave it
 *   version 2  of requests with metadata: a byte 2 before the sha256; metadata in canonical form
 *
 * A further version begins with its number, and joins the earlier ones here.
 */
export function fingerprintsOf(meaning: PayOutMeaning): Fingerprints {
  const { metadata } = meaning;
  if (metadata === undefined) {
    return { fingerprint: digest(meaning, undefined), earlierFingerprints: none };
  }
  // What the first version made of metadata: digits beyond a double are gone, members in order of arrival.
  const rounded = JSON.stringify(JSON.parse(metadata.text));
  return {
    fingerprint: Buffer.concat([Buffer.from([2]), digest(meaning, metadata.canonical)]),
    earlierFingerprints: [digest(meaning, rounded)],
  };
}

function digest(meaning: PayOutMeaning, metadata: string | undefined): Buffer {
  const { mayDrain, reference } = meaning;
  // Only the last two can hold a separator; as JSON they cannot run into each other.
  const notes =
    reference === undefined && metadata === undefined
      ? ''
      : JSON.stringify([reference ?? null, metadata ?? null]);
  const text = `${describe(meaning)} ${mayDrain ? 'any' : 'local'} ${notes}`;
  // In one call: half the time of a hash object.
  return hash('sha256', text, 'buffer');
}

function describe({
  accountId,
  amountMinor,
  minimumMinor,
  currency,
  charge,
}: PayOutMeaning): string {
  if (charge !== undefined) return `charge ${accountId} ${charge.serviceId} ${charge.quantity}`;
  const amount = `${accountId} ${amountMinor} ${currency}`;
  return minimumMinor === undefined ? `pay_out ${amount}` : `up_to ${amount} ${minimumMinor}`;
}
