import { HOME_RULE, POSITION_RULE } from '@billing/contracts';
import { Type } from 'typebox';
import { datacenterSchema } from '../http/field-schemas.js';

/** Headers that requests may have, named by their place in the document. */
export const requestHeaders = {
  BillingAfter: {
    name: 'Billing-After',
    in: 'header',
    description: `What is to have arrived here before the answer: it ${POSITION_RULE}.`,
    schema: Type.String({ minLength: 1 }),
  },
  IdempotencyHome: {
    name: 'Idempotency-Home',
    in: 'header',
    description: `The datacenter that decides, whoever hears it, and the same for each attempt: it ${HOME_RULE}.`,
    schema: datacenterSchema,
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'Names the request for its client: it is done once. Without one, one is made.',
    schema: Type.String({ pattern: '^[ -~]+$', minLength: 1, maxLength: 255 }),
  },
  RequiredIdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description: 'Names the request for its client: it is done once.',
    schema: Type.String({ pattern: '^[ -~]+$', minLength: 1, maxLength: 255 }),
  },
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    description: 'Taken over if it is one, else another is made.',
    schema: Type.String(),
  },
} as const;

export type RequestHeader = keyof typeof requestHeaders;
