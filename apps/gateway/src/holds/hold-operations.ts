import { exampleMoney, exampleNames, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { refundBody } from '../pay-outs/refund.request.js';
import { captureBody, extensionBody, holdBody, voidBody } from './hold.request.js';
import { captureRefundView, captureView, extensionView, holdView, voidView } from './hold.view.js';

const { uuid, capture } = exampleNames;
const key = { 'Idempotency-Key': `${uuid}@dc1` };
const unknownHold = { id: '0191d2c8-7a1b-8001-8e4f-000000000000' };
const hold = {
  holdId: uuid,
  ...exampleMoney,
  status: 'open',
  captured: '0.00',
  unknown: '0.00',
  held: '12.50',
  returned: '0.00',
  parts: [
    {
      node: 1,
      amount: '12.50',
      captured: '0.00',
      unknown: '0.00',
      held: '12.50',
      returned: '0.00',
    },
  ],
  createdAt: exampleTime,
  heldUntil: exampleTime,
};

const onHold = {
  group: 'holds',
  idempotencyKey: 'required',
  takesHome: true,
  calls: 'write',
} as const;

const holdProblems = [
  'missing-tenant',
  'idempotency-conflict',
  'in-progress',
  'not-found',
  'hold-voided',
  'hold-over',
  'home-unreachable',
] as const;

export const authoriseHold: Operation = {
  ...onHold,
  id: 'authoriseHold',
  summary: 'Holds an amount for a time, to be captured later',
  description:
    'As a pay-out, but that the money is held where it is. The key must name its home, which decides on all that is done on the hold.',
  body: holdBody,
  answers: {
    201: {
      means: 'It is held.',
      schema: holdView,
      headers: ['Location', 'Billing-Position', 'Idempotency-Replayed'],
    },
  },
  problems: [
    'missing-tenant',
    'idempotency-conflict',
    'in-progress',
    'not-found',
    'account-deleted',
    'currency-mismatch',
    'account-frozen',
    'insufficient-local-funds',
    'insufficient-funds',
    'insufficient-reachable-funds',
    'contended',
    'home-unreachable',
  ],
  examples: {
    whole: {
      summary: 'For a minute',
      headers: key,
      body: {
        ...exampleMoney,
        reference: 'order 4711',
        metadata: { order: 4711 },
        drain: 'any',
        deadlineMs: 1_000,
        heldForMs: 60_000,
      },
      status: 201,
      answer: { ...hold, reference: 'order 4711', metadata: { order: 4711 } },
    },
    withoutHome: {
      summary: 'Under a key without a home',
      headers: { 'Idempotency-Key': 'order-4711' },
      body: exampleMoney,
      problem: 'invalid-request',
    },
  },
};

export const getHold: Operation = {
  id: 'getHold',
  group: 'holds',
  summary: 'Reads a hold, at any datacenter, as its home knows it',
  calls: 'read',
  answers: { 200: { means: 'It is known.', schema: holdView } },
  problems: ['not-found'],
  examples: {
    open: { summary: 'One that is open', path: { id: uuid }, answer: hold },
    unknown: { summary: 'One that nobody has made', path: unknownHold, problem: 'not-found' },
  },
};

export const captureHold: Operation = {
  ...onHold,
  id: 'captureHold',
  summary: 'Captures a part of a hold, or all of it',
  description:
    'captured is confirmed and for good. Of what is unknown the same key, anywhere, tells what became.',
  body: captureBody,
  answers: {
    201: {
      means: 'What is captured is paid.',
      schema: captureView,
      headers: ['Billing-Position', 'Idempotency-Replayed'],
    },
  },
  problems: [...holdProblems, 'currency-mismatch', 'hold-exceeded'],
  examples: {
    part: {
      summary: 'A part of it',
      path: { id: uuid },
      headers: key,
      body: { amount: '1.25', currency: 'USD', reference: 'parcel 1', metadata: { parcel: 1 } },
      status: 201,
      answer: {
        captureId: uuid,
        captured: '1.25',
        unknown: '0.00',
        over: '0.00',
        parts: [{ node: 1, captured: '1.25', unknown: '0.00', over: '0.00' }],
        hold: { ...hold, captured: '1.25', held: '11.25' },
      },
    },
    tooMuch: {
      summary: 'More than is left of it',
      path: { id: uuid },
      headers: key,
      body: { amount: '1000000.00', currency: 'USD' },
      problem: 'hold-exceeded',
    },
  },
};

export const refundCapture: Operation = {
  ...onHold,
  id: 'refundCapture',
  summary: 'Gives back a part of a capture, or all of it',
  description:
    'Never more than is confirmed as captured. The home of the hold decides, whoever is asked; the key may name it, or none.',
  body: refundBody,
  answers: {
    201: {
      means: 'It is given back.',
      schema: captureRefundView,
      headers: ['Location', 'Billing-Position', 'Idempotency-Replayed'],
    },
  },
  problems: [
    'missing-tenant',
    'idempotency-conflict',
    'in-progress',
    'not-found',
    'account-deleted',
    'currency-mismatch',
    'refund-exceeded',
    'balance-limit',
    'home-unreachable',
  ],
  examples: {
    part: {
      summary: 'A part of it',
      path: { id: uuid, captureId: capture },
      headers: { 'Idempotency-Key': 'return-4713' },
      body: { amount: '1.25', currency: 'USD', reference: 'return', metadata: { order: 4711 } },
      status: 201,
      answer: {
        refundId: '0191d2c8-7a1b-8001-8e4f-5a6b7c8d9e10',
        holdId: uuid,
        captureId: capture,
        ...exampleMoney,
        amount: '1.25',
        refunded: '1.25',
        remaining: '3.75',
        reference: 'return',
        metadata: { order: 4711 },
        createdAt: exampleTime,
      },
    },
    tooMuch: {
      summary: 'More than was captured',
      path: { id: uuid, captureId: capture },
      headers: { 'Idempotency-Key': 'return-4714' },
      body: { amount: '1000000.00', currency: 'USD' },
      problem: 'refund-exceeded',
    },
  },
};

export const voidHold: Operation = {
  ...onHold,
  id: 'voidHold',
  summary: 'Gives back what is left of a hold',
  description: 'Answered after the datacenters that hold parts; what is unknown comes back later.',
  body: voidBody,
  answers: {
    200: {
      means: 'What was left is given back.',
      schema: voidView,
      headers: ['Billing-Position', 'Idempotency-Replayed'],
    },
  },
  problems: holdProblems,
  examples: {
    all: {
      summary: 'All of it',
      path: { id: uuid },
      headers: key,
      body: {},
      answer: {
        returned: '12.50',
        unknown: '0.00',
        hold: { ...hold, status: 'voided', held: '0.00', returned: '12.50', endedAt: exampleTime },
      },
    },
    unknown: {
      summary: 'Of a hold that nobody has made',
      path: unknownHold,
      headers: key,
      body: {},
      problem: 'not-found',
    },
  },
};

export const extendHold: Operation = {
  ...onHold,
  id: 'extendHold',
  summary: 'Holds it for longer',
  description: 'Never for less than before. Says until when each part is held.',
  body: extensionBody,
  answers: {
    200: {
      means: 'It is held until then, where that is said.',
      schema: extensionView,
      headers: ['Idempotency-Replayed'],
    },
  },
  problems: holdProblems,
  examples: {
    hour: {
      summary: 'For an hour from now on',
      path: { id: uuid },
      headers: key,
      body: { heldForMs: 3_600_000 },
      answer: { parts: [{ node: 1, heldUntil: exampleTime, over: false }], hold },
    },
    unknown: {
      summary: 'Of a hold that nobody has made',
      path: unknownHold,
      headers: key,
      body: { heldForMs: 3_600_000 },
      problem: 'not-found',
    },
  },
};
