import { describeAmountViolation, parseAmount } from '@billing/money';
import { ACCOUNT_ID_RULE, isAccountId, isUuid } from './field-checks.js';
import { parseJson, RepeatedMemberError } from './lossless-json.js';
import { describeReferenceViolation, readMetadata } from './note-checks.js';
import { sharedOrigin, type PayInOrigin } from './pay-in-origin.js';
import { HOME_RULE, parseDatacenter } from './key-home.js';
import { isTenantName, TENANT_RULE } from './tenants.js';
import { MESSAGE_BYTES_MAX, type PayIn, type PayInViolation } from './pay-in.js';

const STAND_IN_COMMAND_ID = '00000000-0000-8000-8000-000000000000';
const GLIMPSE_LENGTH_MAX = 64;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one message of a topic. Never throws: bytes that are no pay-in come back as a violation.
 * Unknown fields are ignored, so that producers may be newer than this worker.
 * @param origin what the topic says of it
 */
export function decodePayIn(
  value: Buffer | null,
  origin: PayInOrigin = sharedOrigin,
): PayIn | PayInViolation {
  const message = parseMessage(value, origin);
  return 'violation' in message ? message.violation : checkPayIn(message.fields, origin);
}

/** The same of a message whose command id is missing or no UUID: whoever reads it has another for it. */
export function decodeUnnamedPayIn(
  value: Buffer | null,
  origin: PayInOrigin = sharedOrigin,
): Omit<PayIn, 'commandId'> | PayInViolation {
  const message = parseMessage(value, origin);
  return 'violation' in message
    ? message.violation
    : checkPayIn({ ...message.fields, commandId: STAND_IN_COMMAND_ID }, origin);
}

/** What a message seems to say, right or wrong, for people to look at. */
export interface PayInGlimpse {
  readonly amount: string | undefined;
  readonly currency: string | undefined;
}

/** Never throws. */
export function peekPayIn(value: Buffer | null): PayInGlimpse {
  const message = parseMessage(value, sharedOrigin);
  const { amount, currency } = 'violation' in message ? {} : message.fields;
  return { amount: glimpse(amount), currency: glimpse(currency) };
}

export function isPayInViolation<T extends object>(
  decoded: T | PayInViolation,
): decoded is PayInViolation {
  return 'reason' in decoded;
}

/** The same checks on a JSON value that is already parsed, for the gateway. */
export function checkPayIn(
  message: Record<string, unknown>,
  origin: PayInOrigin = sharedOrigin,
): PayIn | PayInViolation {
  const { commandId, accountId, amount, currency, reference, metadata } = message;
  const tenant = message['tenant'] ?? origin.tenant;
  if (!isUuid(commandId)) return refuse(origin, message, 'commandId', 'must be a UUID');
  if (origin.names !== 'may') {
    const violation = describeNames(message, origin.names);
    if (violation !== undefined) return refuse(origin, message, ...violation);
  }
  if (!isAccountId(accountId)) return refuse(origin, message, 'accountId', ACCOUNT_ID_RULE);
  if (typeof currency !== 'string')
    return refuse(origin, message, 'currency', describeAmountViolation('unknown_currency', ''));
  if (typeof amount !== 'string')
    return refuse(origin, message, 'amount', describeAmountViolation('not_a_decimal', currency));
  if (!isTenantName(tenant)) return refuse(origin, message, 'tenant', TENANT_RULE);
  const amountMinor = parseAmount(amount, currency);
  if (typeof amountMinor === 'string') {
    const violation = describeAmountViolation(amountMinor, currency);
    return amountMinor === 'unknown_currency'
      ? refuse(origin, message, 'currency', violation, 'unknown_currency')
      : refuse(origin, message, 'amount', violation);
  }
  const referenceViolation = describeReferenceViolation(reference);
  if (referenceViolation !== undefined)
    return refuse(origin, message, 'reference', referenceViolation);
  const home = message['home'] ?? undefined;
  const homeNodeId = typeof home === 'string' ? parseDatacenter(home) : undefined;
  if (home !== undefined && homeNodeId === undefined) {
    return refuse(origin, message, 'home', HOME_RULE);
  }
  let metadataText: string | undefined;
  if (metadata !== undefined && metadata !== null) {
    const read = readMetadata(metadata);
    if (read.text === undefined) return refuse(origin, message, 'metadata', read.violation);
    metadataText = read.text;
  }
  return {
    commandId: commandId.toLowerCase(),
    accountId,
    amountMinor,
    currency,
    // Empty is none: gRPC cannot tell them apart, and the same pay-in must be the same on every way in.
    reference:
      reference === '' ? undefined : ((reference as string | null | undefined) ?? undefined),
    metadata: metadataText,
    tenant,
    ...(homeNodeId !== undefined && { homeNodeId }),
  };
}

const names = ['tenant', 'client'] as const;

/** A service that named a tenant or a client would speak for others; what names nobody is no gateway's. */
function describeNames(
  message: Record<string, unknown>,
  rule: 'must' | 'must not',
): [field: string, message: string] | undefined {
  for (const field of names) {
    const isGiven = (message[field] ?? undefined) !== undefined;
    if (isGiven && rule === 'must not') {
      return [field, 'must not be given: the topic says whose its messages are'];
    }
    if (!isGiven && rule === 'must') {
      return [field, 'must be given: this topic is the gateway’s alone (docs/upstream.md)'];
    }
  }
  return undefined;
}

function parseMessage(
  value: Buffer | null,
  origin: PayInOrigin,
): { readonly fields: Record<string, unknown> } | { readonly violation: PayInViolation } {
  if (value === null) return broken(origin, 'invalid_json', 'the message has no value');
  if (value.length > MESSAGE_BYTES_MAX) {
    return broken(
      origin,
      'invalid_message',
      `the message has ${value.length} bytes, at most ${MESSAGE_BYTES_MAX} are taken`,
    );
  }
  const text = decodeText(value);
  if (text === undefined) return broken(origin, 'invalid_json', 'the value is not UTF-8');
  let message: unknown;
  try {
    message = parseJson(text);
  } catch (error) {
    return { violation: describeUnread(error, text, origin) };
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return broken(origin, 'invalid_json', 'the value must be a JSON object');
  }
  return { fields: message as Record<string, unknown> };
}

/** Why a text could not be read, with the ids that it bears all the same. */
function describeUnread(error: unknown, text: string, origin: PayInOrigin): PayInViolation {
  if (error instanceof RepeatedMemberError) {
    const fields = JSON.parse(text) as object | null;
    const rest = { ...fields, [error.member]: undefined };
    return refuse(origin, rest, error.member, 'must be given once');
  }
  if (error instanceof RangeError) {
    const fields = JSON.parse(text) as object | null;
    return refuse(origin, { ...fields }, undefined, 'the message must not be nested that deeply');
  }
  return broken(origin, 'invalid_json', 'the value is not JSON').violation;
}

function broken(
  { tenant }: PayInOrigin,
  reason: PayInViolation['reason'],
  detail: string,
): { readonly violation: PayInViolation } {
  return { violation: { reason, detail, commandId: undefined, accountId: undefined, tenant } };
}

function glimpse(field: unknown): string | undefined {
  return typeof field === 'string' || typeof field === 'number'
    ? String(field).slice(0, GLIMPSE_LENGTH_MAX)
    : undefined;
}

function refuse(
  origin: PayInOrigin,
  { commandId, accountId, tenant }: Record<string, unknown>,
  field: string | undefined,
  message: string,
  reason: PayInViolation['reason'] = 'invalid_message',
): PayInViolation {
  return {
    reason,
    detail: field === undefined ? message : `${field}: ${message}`,
    ...(field !== undefined && { fieldViolation: { field, message } }),
    commandId: isUuid(commandId) ? commandId.toLowerCase() : undefined,
    accountId: isAccountId(accountId) ? accountId : undefined,
    tenant: origin.names !== 'must not' && isTenantName(tenant) ? tenant : origin.tenant,
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
