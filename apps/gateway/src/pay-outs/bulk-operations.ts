import { Type } from 'typebox';
import { exampleMoney, exampleNames, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { BULK_ITEMS_MAX, bulkChargeBody, bulkPayOutBody } from './bulk-orders.js';
import { payOutView } from './pay-out.view.js';

const { uuid } = exampleNames;

const bulkResultView = Type.Object(
  {
    index: Type.Integer({ minimum: 0 }),
    status: Type.Integer({
      description: 'As a single one is answered: 201, or that of the problem.',
    }),
    replayed: Type.Optional(
      Type.Boolean({ description: 'An earlier request under its key made it.' }),
    ),
    position: Type.Optional(Type.String({ description: 'As Billing-Position has it.' })),
    rest: Type.Optional(
      Type.Boolean({ description: 'Of the last one: nothing from this index on was taken.' }),
    ),
    body: Type.Unsafe<object>({
      description: 'The pay-out, or the problem.',
      anyOf: [payOutView, { type: 'object', required: ['type', 'status'] }],
    }),
  },
  { title: 'BulkPayOutResult' },
);

const answers = {
  200: { means: 'A result for each, in their order.', schema: Type.Array(bulkResultView) },
};
const notValid = {
  index: 1,
  status: 400,
  body: {
    type: '/problems/invalid-request',
    title: 'Bad Request',
    status: 400,
    detail: 'the request is not valid: idempotencyKey',
    retryable: false,
    errors: [{ field: 'idempotencyKey', message: 'must be 1 to 255 printable ASCII characters' }],
  },
};
const paid = {
  index: 0,
  status: 201,
  position: '1.1:4711',
  body: {
    payOutId: uuid,
    ...exampleMoney,
    status: 'committed',
    parts: [{ node: 1, amount: exampleMoney.amount }],
    createdAt: exampleTime,
    decidedAt: exampleTime,
  },
};

export const createPayOuts: Operation = {
  id: 'createPayOuts',
  group: 'pay-outs',
  summary: 'Pays out many times',
  description:
    'A JSON array, or a pay-out a line, each with an idempotencyKey and perhaps a home, read and answered as it comes. A bad item stops no other, and the same bulk again is answered alike.',
  calls: 'write',
  body: Type.Array(bulkPayOutBody, { minItems: 1, maxItems: BULK_ITEMS_MAX }),
  answers,
  examples: {
    two: {
      summary: 'One that is made, and one that is not valid',
      body: [{ ...exampleMoney, idempotencyKey: 'order-4715', home: 'dc1' }, exampleMoney],
      answer: [paid, notValid],
    },
  },
};

export const createCharges: Operation = {
  id: 'createCharges',
  group: 'pay-outs',
  summary: 'Charges many times',
  description: 'As createPayOuts, of services and quantities.',
  calls: 'write',
  body: Type.Array(bulkChargeBody, { minItems: 1, maxItems: BULK_ITEMS_MAX }),
  answers,
  examples: {
    two: {
      summary: 'One that is made, and one that is not valid',
      body: [
        {
          accountId: exampleMoney.accountId,
          serviceId: '1',
          quantity: '0.125',
          idempotencyKey: uuid,
        },
        { accountId: exampleMoney.accountId, serviceId: '1', quantity: '0.125' },
      ],
      answer: [
        {
          ...paid,
          body: { ...paid.body, charge: { serviceId: '1', quantity: '0.125', price: '100.00' } },
        },
        notValid,
      ],
    },
  },
};
