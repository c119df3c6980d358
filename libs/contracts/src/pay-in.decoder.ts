import { describeAmountFault, parseAmount } from '@billing/money';
import { isAccountId, isUuid } from './field-checks.js';
import { describeMetadataFault, describeReferenceFault, stringifyMetadata } from './note-checks.js';
import { MESSAGE_BYTES_MAX, type PayIn, type PayInFault } from './pay-in.js';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one message of `billing.payin`. Never throws: bytes that are no pay-in come back as a fault.
 * Unknown fields are ignored, so that producers may be newer than this worker.
 */
export function decodePayIn(value: Buffer | null): PayIn | PayInFault {
  if (value === null) return fault('invalid_json', 'the message has no value');
  if (value.length > MESSAGE_BYTES_MAX) {
    return fault(
      'invalid_message',
      `the message has ${value.length} bytes, at most ${MESSAGE_BYTES_MAX} are taken`,
    );
  }
  const text = decodeText(value);
  if (text === undefined) return fault('invalid_json', 'the value is not UTF-8');
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return fault('invalid_json', 'the value is not JSON');
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return fault('invalid_json', 'the value must be a JSON object');
  }
  return checkPayIn(message as Record<string, unknown>);
}

export function isPayInFault(decoded: PayIn | PayInFault): decoded is PayInFault {
  return 'reason' in decoded;
}

/** The same checks on a JSON value that is already parsed, for the gateway. */
export function checkPayIn(message: Record<string, unknown>): PayIn | PayInFault {
  const { commandId, accountId, amount, currency, reference, metadata } = message;
  if (!isUuid(commandId)) return refuse(message, 'commandId: must be a UUID');
  if (!isAccountId(accountId))
    return refuse(message, 'accountId: must be a decimal string from 1 to 2^63-1');
  if (typeof currency !== 'string')
    return refuse(message, 'currency: must be an ISO 4217 currency code');
  if (typeof amount !== 'string')
    return refuse(message, 'amount: must be a decimal string such as "12.50"');
  const amountMinor = parseAmount(amount, currency);
  if (typeof amountMinor === 'string') {
    return amountMinor === 'unknown_currency'
      ? refuse(
          message,
          `currency: ${describeAmountFault(amountMinor, currency)}`,
          'unknown_currency',
        )
      : refuse(message, `amount: ${describeAmountFault(amountMinor, currency)}`);
  }
  const referenceFault = describeReferenceFault(reference);
  if (referenceFault !== undefined) return refuse(message, `reference: ${referenceFault}`);
  let metadataText: string | undefined;
  if (metadata !== undefined && metadata !== null) {
    metadataText = stringifyMetadata(metadata);
    const metadataFault = describeMetadataFault(metadata, metadataText);
    if (metadataFault !== undefined) return refuse(message, `metadata: ${metadataFault}`);
  }
  return {
    commandId: commandId.toLowerCase(),
    accountId,
    amountMinor,
    currency,
    reference: (reference as string | null | undefined) ?? undefined,
    metadata: metadataText,
  };
}

function refuse(
  { commandId, accountId }: Record<string, unknown>,
  detail: string,
  reason: PayInFault['reason'] = 'invalid_message',
): PayInFault {
  return {
    reason,
    detail,
    commandId: isUuid(commandId) ? commandId.toLowerCase() : undefined,
    accountId: isAccountId(accountId) ? accountId : undefined,
  };
}

function decodeText(value: Buffer): string | undefined {
  const text = value.toString('utf8');
  // A replacement character is either what was sent or the mark of broken bytes: only then look twice.
  if (!text.includes('\uFFFD')) return text;
  try {
    return strictUtf8.decode(value);
  } catch {
    return undefined;
  }
}

function fault(reason: PayInFault['reason'], detail: string): PayInFault {
  return { reason, detail, commandId: undefined, accountId: undefined };
}
