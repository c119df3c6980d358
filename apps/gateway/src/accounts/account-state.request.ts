import { describeNoteViolation } from '@billing/contracts';
import { Type } from 'typebox';
import { checkBody, optional, type FieldCheck } from '../http/body-checks.js';
import { bodySchema, mayLack, noteSchema } from '../http/field-schemas.js';

const sides = ['debits', 'credits', 'both'] as const;

/** What of an account is frozen or thawed. */
export interface StateChange {
  readonly debits: boolean;
  readonly credits: boolean;
  /** Empty: none. */
  readonly reason: string;
}

const stateChecks: readonly FieldCheck[] = [
  [
    'sides',
    (value) => (isSide(value) ? undefined : `must be one of ${sides.join(', ')}`),
    Type.Enum([...sides], { description: 'debits: what goes out; credits: what comes in.' }),
  ],
  ['reason', optional((value) => describeNoteViolation(value, false)), mayLack(noteSchema)],
];

export const stateBody = bodySchema('AccountStateChange', stateChecks);

/** @throws HttpProblem that names every violation */
export function readStateChange(given: unknown): StateChange {
  const { sides: meant, reason } = checkBody(given, stateChecks);
  return {
    debits: meant !== 'credits',
    credits: meant !== 'debits',
    reason: (reason as string | null | undefined) ?? '',
  };
}

function isSide(value: unknown): boolean {
  return (sides as readonly unknown[]).includes(value);
}
