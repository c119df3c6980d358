import { STATUS_CODES } from 'node:http';
import type { FieldViolation } from '@billing/contracts';

export type ProblemKind =
  | 'invalid-request'
  | 'unauthenticated'
  | 'missing-scope'
  | 'missing-tenant'
  | 'not-found'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'expectation-failed'
  | 'headers-too-large'
  | 'in-progress'
  | 'account-deleted'
  | 'account-not-empty'
  | 'contended'
  | 'already-resolved'
  | 'idempotency-conflict'
  | 'balance-limit'
  | 'currency-mismatch'
  | 'insufficient-local-funds'
  | 'insufficient-funds'
  | 'too-many-requests'
  | 'internal'
  | 'unavailable'
  | 'overloaded'
  | 'outcome-unknown'
  | 'datacenter-unreachable'
  | 'home-unreachable'
  | 'insufficient-reachable-funds'
  | 'deadline-exceeded';

const statuses: Readonly<Record<ProblemKind, number>> = {
  'invalid-request': 400,
  unauthenticated: 401,
  'missing-scope': 403,
  'missing-tenant': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'expectation-failed': 417,
  'headers-too-large': 431,
  'in-progress': 409,
  'account-deleted': 409,
  'account-not-empty': 409,
  contended: 409,
  'already-resolved': 409,
  'idempotency-conflict': 422,
  'balance-limit': 422,
  'currency-mismatch': 422,
  'insufficient-local-funds': 422,
  'insufficient-funds': 422,
  'too-many-requests': 429,
  internal: 500,
  unavailable: 503,
  overloaded: 503,
  'outcome-unknown': 503,
  'datacenter-unreachable': 503,
  'home-unreachable': 503,
  'insufficient-reachable-funds': 503,
  'deadline-exceeded': 504,
};

/** The same request, under the same key or id, may succeed soon. */
const retryable: ReadonlySet<ProblemKind> = new Set([
  'request-timeout',
  'in-progress',
  'contended',
  'too-many-requests',
  'unavailable',
  'overloaded',
  'outcome-unknown',
  'datacenter-unreachable',
  'home-unreachable',
  'insufficient-reachable-funds',
  'deadline-exceeded',
]);

export interface ProblemFacts {
  readonly errors?: readonly FieldViolation[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the body, such as the command id to try again with. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Of a field that came twice: nobody can know which of the two is meant. */
export const MUST_BE_ONCE = 'must be given once';

const TYPE_PREFIX = 'https://geo-billing.example/problems/';
const RETRY_AFTER_S = '1';

/** An answer that is an error, as RFC 9457 has it. The detail is written for the client. */
export class HttpProblem extends Error {
  readonly status: number;
  override readonly name = 'HttpProblem';

  constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    readonly facts: ProblemFacts = {},
  ) {
    super(detail, { cause: facts.cause });
    this.status = statuses[kind];
  }

  /** One field is wrong. */
  static ofField(field: string, message: string): HttpProblem {
    return HttpProblem.ofFields([{ field, message }]);
  }

  static ofFields(errors: readonly FieldViolation[]): HttpProblem {
    const names = [...new Set(errors.map(({ field }) => field))].join(', ');
    return new HttpProblem('invalid-request', `the request is not valid: ${names}`, { errors });
  }

  /** Whose token allows too little, here or at the coordinator. */
  static missingScope(scope: string, cause?: unknown): HttpProblem {
    return new HttpProblem('missing-scope', `the token lacks the scope ${scope}`, {
      headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
      members: { scope },
      cause,
    });
  }

  /** The same request may succeed soon. */
  static unavailable(detail: string, facts: ProblemFacts = {}): HttpProblem {
    return new HttpProblem('unavailable', detail, facts);
  }

  get retryable(): boolean {
    return retryable.has(this.kind);
  }

  get headers(): Readonly<Record<string, string>> {
    return { ...(this.retryable && { 'retry-after': RETRY_AFTER_S }), ...this.facts.headers };
  }

  /** Without what only the occurrence knows. */
  get body(): Record<string, unknown> {
    return {
      type: TYPE_PREFIX + this.kind,
      title: STATUS_CODES[this.status],
      status: this.status,
      detail: this.detail,
      retryable: this.retryable,
      ...(this.facts.errors && { errors: this.facts.errors }),
      ...this.facts.members,
    };
  }
}
