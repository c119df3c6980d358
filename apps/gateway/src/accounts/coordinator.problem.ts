import {
  decodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  type BillingErrorDetails,
} from '@billing/contracts';
import { status, type ServiceError } from '@grpc/grpc-js';
import { HttpProblem } from '../http/problem.js';

const UNDECIDED =
  'it may have been done or not. Send it again, an opening with the same Idempotency-Key: it is done once';

/** What a refused call of the coordinator means over HTTP; billing.proto lists the reasons. */
export function toCoordinatorProblem(error: ServiceError): HttpProblem {
  const [trailer] = error.metadata?.get(ERROR_DETAILS_TRAILER) ?? [];
  const details = Buffer.isBuffer(trailer) ? decodeErrorDetails(trailer) : undefined;
  return details === undefined ? ofCode(error) : ofReason(details, error);
}

function ofReason(details: BillingErrorDetails, cause: ServiceError): HttpProblem {
  const { message, metadata } = details;
  switch (details.reason) {
    case 'INVALID_REQUEST':
      return HttpProblem.ofField(
        toCamelCase(metadata['field'] ?? ''),
        metadata['detail'] ?? message,
      );
    case 'UNAUTHENTICATED':
      return new HttpProblem('unauthenticated', message, { cause });
    case 'SCOPE_MISSING':
      return new HttpProblem('missing-scope', message, {
        cause,
        members: { scope: metadata['scope'] },
      });
    case 'IDEMPOTENCY_CONFLICT':
      return new HttpProblem(
        'idempotency-conflict',
        'this Idempotency-Key came before with another request',
        { cause },
      );
    case 'ACCOUNT_NOT_FOUND':
      return new HttpProblem('not-found', message, {
        cause,
        members: { accountId: metadata['account_id'] },
      });
    case 'NODE_UNREACHABLE':
      return HttpProblem.unavailable(message, { cause, members: { node: metadata['node_id'] } });
    case 'KEYS_UNAVAILABLE':
    case 'DATABASE_UNAVAILABLE':
      return HttpProblem.unavailable(message, { cause });
    case 'DEADLINE_EXCEEDED':
      return new HttpProblem('deadline-exceeded', message, { cause });
    default:
      return ofCode(cause);
  }
}

/** The coordinator itself said nothing: gRPC did. */
function ofCode(cause: ServiceError): HttpProblem {
  switch (cause.code) {
    case status.UNAVAILABLE:
      return HttpProblem.unavailable(
        `the coordinator of this datacenter cannot be reached now: ${UNDECIDED}`,
        { cause },
      );
    case status.DEADLINE_EXCEEDED:
    case status.CANCELLED:
      return new HttpProblem('deadline-exceeded', `the coordinator took too long: ${UNDECIDED}`, {
        cause,
      });
    default:
      return new HttpProblem('internal', 'the coordinator failed; its log knows more', { cause });
  }
}

function toCamelCase(name: string): string {
  if (name === 'idempotency_key') return 'Idempotency-Key';
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
