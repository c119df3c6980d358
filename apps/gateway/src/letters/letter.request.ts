import {
  BULK_ACTS_MAX,
  describeNoteFault,
  isUuid,
  parseMessageName,
  stringifyJson,
  type ActOnDeadLettersRequest,
  type ActRequest,
  type CorrectDeadLetterRequest,
  type DiscardParkedPayInsRequest,
  type RetryParkedPayInsRequest,
} from '@billing/contracts';
import { HttpProblem, type FieldError } from '../http/problem.js';
import { requireObject, UNKNOWN_FIELD } from '../http/validation.js';
import { readPayIn } from '../pay-ins/pay-in.request.js';

type Body = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => string | undefined;

const optionalNote: Check = (note) => describeNoteFault(note, false);
const requiredNote: Check = (note) => describeNoteFault(note, true);
const bulkActs: readonly unknown[] = ['replay', 'discard'];

/** @throws HttpProblem */
export function readAct(id: string, body: unknown, noteIs: 'optional' | 'required'): ActRequest {
  const { note } = check(body, { note: noteIs === 'required' ? requiredNote : optionalNote });
  return { id, note: textOf(note) };
}

/** @throws HttpProblem that names each field at fault, those of the pay-in as `payIn.amount` */
export function readCorrection(id: string, body: unknown): CorrectDeadLetterRequest {
  const { note, payIn } = check(body, { note: requiredNote, payIn: () => undefined });
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
    metadataJson: checked.metadata === undefined ? '' : stringifyJson(checked.metadata),
  };
}

/** @throws HttpProblem */
export function readBulk(body: unknown): ActOnDeadLettersRequest {
  const { act, ids, note } = check(body, {
    act: (value) => (bulkActs.includes(value) ? undefined : 'must be "replay" or "discard"'),
    ids: idsFault,
    note: (value) => describeNoteFault(value, (body as Body | null)?.['act'] === 'discard'),
  });
  return { act: act as string, ids: ids as string[], note: textOf(note) };
}

/** @throws HttpProblem */
export function readRetry(body: unknown): RetryParkedPayInsRequest {
  const { ids, note } = check(body ?? {}, {
    ids: (value) => (value === undefined || value === null ? undefined : idsFault(value)),
    note: optionalNote,
  });
  return { ids: (ids as string[] | null | undefined) ?? [], note: textOf(note) };
}

/** @throws HttpProblem */
export function readParkedDiscard(body: unknown): DiscardParkedPayInsRequest {
  const { ids, note } = check(body, { ids: idsFault, note: requiredNote });
  return { ids: ids as string[], note: textOf(note) };
}

function check(given: unknown, checks: Readonly<Record<string, Check>>): Body {
  const body = requireObject(given);
  const errors: FieldError[] = Object.keys(body)
    .filter((name) => !Object.hasOwn(checks, name))
    .map((name) => ({ field: name, message: UNKNOWN_FIELD }));
  for (const [field, fault] of Object.entries(checks)) {
    const message = fault(body[field]);
    if (message !== undefined) errors.push({ field, message });
  }
  if (errors.length > 0) throw HttpProblem.ofFields(errors);
  return body;
}

/** What names no message is said of the item, not of the whole. */
function idsFault(ids: unknown): string | undefined {
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
