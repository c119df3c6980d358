import {
  BULK_ACTS_MAX,
  describeNoteViolation,
  isUuid,
  parseMessageName,
  readMetadata,
  type ActOnDeadLettersRequest,
  type ActRequest,
  type CorrectDeadLetterRequest,
  type DiscardParkedPayInsRequest,
  type RetryParkedPayInsRequest,
} from '@billing/contracts';
import { Type } from 'typebox';
import { checkBody, optional, type Body, type FieldCheck } from '../http/body-checks.js';
import {
  bodySchema,
  mayLack,
  messageNameSchema,
  noteSchema,
  reasonSchema,
} from '../http/field-schemas.js';
import { HttpProblem } from '../http/http-problem.js';
import { payInBody, readPayIn } from '../pay-ins/pay-in.request.js';

const idsSchema = Type.Array(messageNameSchema, { minItems: 1, maxItems: BULK_ACTS_MAX });
const optionalNote: FieldCheck = [
  'note',
  (note) => describeNoteViolation(note, false),
  mayLack(noteSchema),
];
const requiredNote: FieldCheck = [
  'note',
  (note) => describeNoteViolation(note, true),
  reasonSchema,
];
/** Read by itself, like any other pay-in. */
const anyPayIn: FieldCheck = ['payIn', () => undefined, payInBody];
const someIds: FieldCheck = ['ids', idsViolation, idsSchema];
const anyIds: FieldCheck = ['ids', optional(idsViolation), mayLack(idsSchema)];
const bulkActs = ['replay', 'discard'] as const;
const bulkChecks: readonly FieldCheck[] = [
  [
    'act',
    (act) =>
      (bulkActs as readonly unknown[]).includes(act) ? undefined : 'must be "replay" or "discard"',
    Type.Enum([...bulkActs]),
  ],
  someIds,
  ['note', (note, { act }) => describeNoteViolation(note, act === 'discard'), mayLack(noteSchema)],
];
const replayChecks = [optionalNote];
const discardChecks = [requiredNote];
const correctionChecks = [requiredNote, anyPayIn];
const retryChecks = [anyIds, optionalNote];
const parkedDiscardChecks = [someIds, requiredNote];

export const replayBody = bodySchema('LetterReplay', replayChecks);
export const discardBody = bodySchema('LetterDiscard', discardChecks);
export const correctBody = bodySchema('LetterCorrection', correctionChecks);
export const bulkBody = bodySchema('LetterBulk', bulkChecks);
export const retryBody = bodySchema('ParkedRetry', retryChecks);
export const parkedDiscardBody = bodySchema('ParkedDiscard', parkedDiscardChecks);

/** @throws HttpProblem */
export function readAct(id: string, body: unknown, noteIs: 'optional' | 'required'): ActRequest {
  const { note } = checkBody(body, noteIs === 'required' ? discardChecks : replayChecks);
  return { id, note: textOf(note) };
}

/** @throws HttpProblem that names each violation, those of the pay-in as `payIn.amount` */
export function readCorrection(id: string, body: unknown): CorrectDeadLetterRequest {
  const { note, payIn } = checkBody(body, correctionChecks);
  const checked = readPayIn(payIn);
  if (Array.isArray(checked)) {
    throw HttpProblem.ofFields(
      checked.map(({ field, message }) => ({
        field: field === '' ? 'payIn' : `payIn.${field}`,
        message,
      })),
    );
  }
  const { commandId: given } = payIn as Body;
  return {
    id,
    note: textOf(note),
    // One that was only made up to be checked: whether a new one is wanted is not known here.
    commandId: isUuid(given) ? checked.commandId : '',
    accountId: checked.accountId,
    amount: checked.amount,
    currency: checked.currency,
    reference: checked.reference ?? '',
    metadataJson: checked.metadata === undefined ? '' : (readMetadata(checked.metadata).text ?? ''),
  };
}

/** @throws HttpProblem */
export function readBulk(body: unknown): ActOnDeadLettersRequest {
  const { act, ids, note } = checkBody(body, bulkChecks);
  return { act: act as string, ids: ids as string[], note: textOf(note) };
}

/** @throws HttpProblem */
export function readRetry(body: unknown): RetryParkedPayInsRequest {
  const { ids, note } = checkBody(body ?? {}, retryChecks);
  return { ids: (ids as string[] | null | undefined) ?? [], note: textOf(note) };
}

/** @throws HttpProblem */
export function readParkedDiscard(body: unknown): DiscardParkedPayInsRequest {
  const { ids, note } = checkBody(body, parkedDiscardChecks);
  return { ids: ids as string[], note: textOf(note) };
}

/** What names no message is said of the item, not of the whole. */
function idsViolation(ids: unknown): string | undefined {
  const fits =
    Array.isArray(ids) &&
    ids.length >= 1 &&
    ids.length <= BULK_ACTS_MAX &&
    ids.every((id) => typeof id === 'string');
  return fits ? undefined : `must be 1 to ${BULK_ACTS_MAX} names of messages`;
}

function textOf(note: unknown): string {
  return (note as string | null | undefined) ?? '';
}

/** The name in a path. @throws HttpProblem 404: nothing can have it */
export function readName(path: { topic: string; partition: string; offset: string }): string {
  const id = `${path.topic}/${path.partition}/${path.offset}`;
  if (parseMessageName(id) === undefined) throw letterNotFound(id);
  return id;
}

export function letterNotFound(id: string): HttpProblem {
  return new HttpProblem('not-found', `there is no dead letter ${id} at this datacenter`, {
    members: { id },
  });
}
