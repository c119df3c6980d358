import {
  decodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  type BillingErrorDetails,
  type BillingErrorReason,
} from '@billing/contracts';
import { status, type ServiceError } from '@grpc/grpc-js';
import { HttpProblem } from '../http/http-problem.js';
import type { ProblemKind } from '../http/problem-kinds.js';

/** The type of problem for each reason of billing.proto. */
const kinds: Readonly<Record<BillingErrorReason, ProblemKind>> = {
  UNAUTHENTICATED: 'unauthenticated',
  SCOPE_MISSING: 'missing-scope',
  TENANT_MISSING: 'missing-tenant',
  INVALID_REQUEST: 'invalid-request',
  IDEMPOTENCY_CONFLICT: 'idempotency-conflict',
  IN_PROGRESS: 'in-progress',
  ACCOUNT_NOT_FOUND: 'not-found',
  ACCOUNT_DELETED: 'account-deleted',
  ACCOUNT_FROZEN: 'account-frozen',
  ACCOUNT_NOT_EMPTY: 'account-not-empty',
  CURRENCY_MISMATCH: 'currency-mismatch',
  INSUFFICIENT_LOCAL_FUNDS: 'insufficient-local-funds',
  INSUFFICIENT_FUNDS: 'insufficient-funds',
  INSUFFICIENT_REACHABLE_FUNDS: 'insufficient-reachable-funds',
  CONTENDED: 'contended',
  PAY_OUT_NOT_FOUND: 'not-found',
  SERVICE_NOT_FOUND: 'not-found',
  SERVICE_RETIRED: 'service-retired',
  SERVICE_EXISTS: 'service-exists',
  HOLD_NOT_FOUND: 'not-found',
  HOLD_VOIDED: 'hold-voided',
  HOLD_OVER: 'hold-over',
  HOLD_EXCEEDED: 'hold-exceeded',
  DEAD_LETTER_NOT_FOUND: 'not-found',
  DEAD_LETTER_RESOLVED: 'already-resolved',
  REFUND_EXCEEDED: 'refund-exceeded',
  BALANCE_LIMIT: 'balance-limit',
  HOME_UNREACHABLE: 'home-unreachable',
  NODE_UNREACHABLE: 'unavailable',
  COPY_UNDER_WAY: 'unavailable',
  DATABASE_UNAVAILABLE: 'unavailable',
  KEYS_UNAVAILABLE: 'unavailable',
  OVERLOADED: 'overloaded',
  RATE_EXCEEDED: 'too-many-requests',
  DEADLINE_EXCEEDED: 'deadline-exceeded',
  OUTCOME_UNKNOWN: 'outcome-unknown',
  INTERNAL: 'internal',
};

/** What was lost with an answer: a call that reads loses nothing. */
export type CallKind = 'read' | 'write';

/** What a refused unary call of the coordinator means over HTTP. */
export function toCoordinatorProblem(error: ServiceError, kind: CallKind = 'write'): HttpProblem {
  const [trailer] = error.metadata?.get(ERROR_DETAILS_TRAILER) ?? [];
  const details = Buffer.isBuffer(trailer) ? decodeErrorDetails(trailer) : undefined;
  const problem = details === undefined ? undefined : toReasonProblem(details, error);
  return problem ?? ofCode(error, kind);
}

/** What a reason of billing.proto means over HTTP; undefined when this gateway does not know it. */
export function toReasonProblem(
  { reason, message, metadata }: BillingErrorDetails,
  cause?: unknown,
): HttpProblem | undefined {
  if (reason === 'INVALID_REQUEST') {
    return HttpProblem.ofField(toFieldName(metadata['field'] ?? ''), metadata['detail'] ?? message);
  }
  if (reason === 'SCOPE_MISSING') return HttpProblem.missingScope(metadata['scope'] ?? '', cause);
  const kind = findProblemKind(reason);
  if (kind === undefined) return undefined;
  return new HttpProblem(kind, describe(kind, message), { cause, members: toMembers(metadata) });
}

/** The type of problem that a reason is told as. */
export function findProblemKind(reason: string): ProblemKind | undefined {
  return Object.hasOwn(kinds, reason) ? kinds[reason as BillingErrorReason] : undefined;
}

function describe(kind: ProblemKind, message: string): string {
  switch (kind) {
    case 'internal':
      return 'the coordinator failed; its log knows more';
    default:
      return message;
  }
}

/** Facts of an error as members of a problem: `pay_out_id` is `payOutId`, node ids are numbers. */
function toMembers(metadata: BillingErrorDetails['metadata']): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(metadata)) {
    // Each type of problem says so itself.
    if (name === 'retryable') continue;
    if (name === 'node_id') members['node'] = Number(value);
    else if (name === 'unreachable_nodes') members['unreachableNodes'] = toNodeIds(value);
    else members[toCamelCase(name)] = value;
  }
  return members;
}

function toNodeIds(list: string): number[] {
  return list === '' ? [] : list.split(',').map(Number);
}

const UNDECIDED =
  ': it may have been done or not. Send it again, an opening with the same Idempotency-Key: it is done once';

/** The coordinator itself said nothing: gRPC did. */
function ofCode(cause: ServiceError, kind: CallKind): HttpProblem {
  const consequence = kind === 'read' ? '' : UNDECIDED;
  switch (cause.code) {
    case status.UNAVAILABLE:
      return HttpProblem.unavailable(
        `the coordinator of this datacenter cannot be reached now${consequence}`,
        { cause },
      );
    case status.DEADLINE_EXCEEDED:
    case status.CANCELLED:
      return new HttpProblem('deadline-exceeded', `the coordinator took too long${consequence}`, {
        cause,
      });
    default:
      return new HttpProblem('internal', 'the coordinator failed; its log knows more', { cause });
  }
}

/** An answer that says neither what was asked for nor why not. */
export function notUnderstood(): HttpProblem {
  return new HttpProblem('internal', 'the coordinator answered what cannot be understood here');
}

function toFieldName(name: string): string {
  if (name === 'idempotency_key') return 'Idempotency-Key';
  if (name === 'metadata_json') return 'metadata';
  if (name === 'home_node_id') return 'Idempotency-Home';
  return toCamelCase(name);
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
