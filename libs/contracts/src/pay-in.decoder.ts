import { describeAmountFault, parseAmount } from '@billing/money';
import { characterCount, isAccountId, isStorableText, isUuid } from './field-checks.js';
import {
  MESSAGE_BYTES_MAX,
  METADATA_BYTES_MAX,
  REFERENCE_LENGTH_MAX,
  type PayIn,
  type PayInFault,
} from './pay-in.js';

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
  const referenceFault = checkReference(reference);
  if (referenceFault !== undefined) return refuse(message, referenceFault);
  let metadataText: string | undefined;
  if (metadata !== undefined && metadata !== null) {
    metadataText = stringify(metadata);
    if (metadataText === undefined)
      return refuse(message, 'metadata: must not be nested that deeply');
    const metadataFault = checkMetadata(metadata, metadataText);
    if (metadataFault !== undefined) return refuse(message, metadataFault);
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

function checkReference(reference: unknown): string | undefined {
  if (reference === undefined || reference === null) return undefined;
  if (typeof reference !== 'string') return 'reference: must be a string';
  if (!isStorableText(reference))
    return 'reference: must be text without NUL and unpaired surrogates';
  if (reference.length > REFERENCE_LENGTH_MAX && characterCount(reference) > REFERENCE_LENGTH_MAX) {
    return `reference: must have at most ${REFERENCE_LENGTH_MAX} characters`;
  }
  return undefined;
}

const unstorableEscape = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

function checkMetadata(metadata: unknown, text: string): string | undefined {
  if (typeof metadata !== 'object' || Array.isArray(metadata))
    return 'metadata: must be a JSON object';
  if (Buffer.byteLength(text) > METADATA_BYTES_MAX) {
    return `metadata: must have at most ${METADATA_BYTES_MAX} bytes as JSON`;
  }
  // Well-formed JSON.stringify escapes exactly what jsonb cannot keep: NUL and unpaired surrogates.
  // "\\u0000" (a backslash, then text) is refused with them: rare, and never wrong to refuse loudly.
  if (unstorableEscape.test(text))
    return 'metadata: must be text without NUL and unpaired surrogates';
  return undefined;
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

/** Undefined when nested so deeply that JSON.stringify, unlike JSON.parse, runs out of stack. */
function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function fault(reason: PayInFault['reason'], detail: string): PayInFault {
  return { reason, detail, commandId: undefined, accountId: undefined };
}
