import { Type } from 'typebox';
import { exampleMoney, exampleNames, examplePayIn, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { BULK_ITEMS_MAX } from './pay-in-bulk.js';
import { payInBody } from './pay-in.request.js';
import { acceptedPayInView, bulkAnswerView, payInView } from './pay-in.view.js';

const { uuid } = exampleNames;
const receipt = '1-4-207';
const accepted = {
  commandId: uuid,
  status: 'accepted',
  receipt,
  statusUrl: `/v1/pay-ins/${uuid}?receipt=${receipt}`,
};

export const createPayIn: Operation = {
  id: 'createPayIn',
  group: 'pay-ins',
  summary: 'Has a pay-in taken',
  description:
    'Taken means that the broker of this datacenter has it: it will be credited once, or parked, or rejected with a reason. Under its commandId it may be sent again, to any datacenter if it names a home.',
  body: payInBody,
  answers: {
    202: {
      means: 'It is taken.',
      schema: acceptedPayInView,
      headers: ['Location', 'Billing-Position'],
    },
  },
  problems: ['missing-tenant', 'outcome-unknown'],
  examples: {
    whole: {
      summary: 'With all that it may say',
      body: examplePayIn,
      status: 202,
      answer: accepted,
    },
    short: {
      summary: 'Without an id: the gateway makes one',
      body: exampleMoney,
      status: 202,
      answer: accepted,
    },
    notValid: {
      summary: 'With more decimals than the currency has',
      body: { ...exampleMoney, amount: '12.505' },
      problem: 'invalid-request',
    },
  },
};

export const createPayIns: Operation = {
  id: 'createPayIns',
  group: 'pay-ins',
  summary: 'Has many pay-ins taken',
  description:
    'A JSON array, or a pay-in a line. A bad item stops no other. Where the broker took none of the good ones the answer is 503 with the same members.',
  body: Type.Array(payInBody, { minItems: 1, maxItems: BULK_ITEMS_MAX }),
  answers: { 200: { means: 'A result for each.', schema: bulkAnswerView } },
  problems: ['missing-tenant', 'overloaded'],
  examples: {
    two: {
      summary: 'One that is taken, and one that is not valid',
      body: [examplePayIn, { ...exampleMoney, amount: '-1' }],
      answer: {
        accepted: 1,
        rejected: 1,
        unavailable: 0,
        results: [
          { index: 0, ...accepted },
          {
            index: 1,
            status: 'rejected',
            error: {
              type: '/problems/invalid-request',
              title: 'Bad Request',
              status: 400,
              detail: 'the request is not valid: amount',
              retryable: false,
              errors: [{ field: 'amount', message: 'must be above zero' }],
            },
          },
        ],
      },
    },
  },
};

export const getPayIn: Operation = {
  id: 'getPayIn',
  group: 'pay-ins',
  summary: 'Reads what became of a pay-in',
  description: 'With its receipt, one that waits to be applied can be told from one never seen.',
  answers: { 200: { means: 'It is known here.', schema: payInView } },
  problems: ['not-found'],
  examples: {
    applied: {
      summary: 'One that was credited',
      path: { commandId: uuid },
      query: { receipt },
      answer: {
        commandId: uuid,
        status: 'applied',
        node: 1,
        ...exampleMoney,
        appliedAt: exampleTime,
      },
    },
    unknown: {
      summary: 'One that nobody has sent',
      path: { commandId: '0191d2c8-7a1b-7c3d-8e4f-000000000000' },
      problem: 'not-found',
    },
  },
};
