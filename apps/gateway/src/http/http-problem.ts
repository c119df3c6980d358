import { STATUS_CODES } from 'node:http';
import type { FieldViolation } from '@billing/contracts';
import { problemKinds, type ProblemDescription, type ProblemKind } from './problem-kinds.js';

export interface ProblemFacts {
  readonly errors?: readonly FieldViolation[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the body, such as the command id to try again with. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Of a field that came twice: nobody can know which of the two is meant. */
export const MUST_BE_ONCE = 'must be given once';

/** Of this gateway (RFC 9457, section 3.1.1: a relative reference, with its full path). */
const TYPE_PREFIX = '/problems/';
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
    this.status = problemKinds[kind].status;
  }

  /** Its address: what a page tells of it. */
  static typeOf(kind: ProblemKind): string {
    return TYPE_PREFIX + kind;
  }

  /** That of its status: whoever reads it alone knows no more than that. */
  static titleOf(kind: ProblemKind): string {
    return STATUS_CODES[problemKinds[kind].status] ?? '';
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
    const { isRetryable = false }: ProblemDescription = problemKinds[this.kind];
    return isRetryable;
  }

  get headers(): Readonly<Record<string, string>> {
    return {
      ...(this.retryable && { 'retry-after': RETRY_AFTER_S }),
      // Whoever did not believe the token: RFC 9110, section 15.5.2.
      ...(this.kind === 'unauthenticated' && { 'www-authenticate': 'Bearer' }),
      ...this.facts.headers,
    };
  }

  /** Without what only the occurrence knows. */
  get body(): Record<string, unknown> {
    return {
      type: HttpProblem.typeOf(this.kind),
      title: HttpProblem.titleOf(this.kind),
      status: this.status,
      detail: this.detail,
      retryable: this.retryable,
      ...(this.facts.errors && { errors: this.facts.errors }),
      ...this.facts.members,
    };
  }
}
