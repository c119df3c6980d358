import { exampleMoney, exampleNames, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { chargeBody, payOutBody, previewBody } from './pay-out.request.js';
import { payOutView, previewView, refundView } from './pay-out.view.js';
import { refundBody } from './refund.request.js';

const { uuid } = exampleNames;
const parts = [
  { node: 1, amount: '10.00' },
  { node: 2, amount: '2.50' },
];
const made = {
  payOutId: uuid,
  ...exampleMoney,
  status: 'committed',
  parts,
  createdAt: exampleTime,
  decidedAt: exampleTime,
};

const payOutProblems = [
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
] as const;

export const createPayOut: Operation = {
  id: 'createPayOut',
  group: 'pay-outs',
  summary: 'Pays out of an account',
  description:
    'The part of this datacenter goes first; the rest is drained from the others. Up to an amount, it pays what there is. One key pays at most once; a refusal does not use it up. A key with a home may be sent to any datacenter.',
  idempotencyKey: 'required',
  takesHome: true,
  calls: 'write',
  body: payOutBody,
  answers: {
    201: {
      means: 'It is decided, for good.',
      schema: payOutView,
      headers: ['Location', 'Billing-Position', 'Idempotency-Replayed'],
    },
  },
  problems: payOutProblems,
  examples: {
    whole: {
      summary: 'With all that it may say',
      headers: { 'Idempotency-Key': uuid, 'Idempotency-Home': 'dc1' },
      body: {
        ...exampleMoney,
        reference: 'order 4711',
        metadata: { order: 4711 },
        drain: 'any',
        deadlineMs: 1_000,
      },
      status: 201,
      answer: { ...made, reference: 'order 4711', metadata: { order: 4711 } },
    },
    short: {
      summary: 'With no more than it must',
      headers: { 'Idempotency-Key': 'order-4711' },
      body: exampleMoney,
      status: 201,
      answer: made,
    },
    upTo: {
      summary: 'Of what there is, up to an amount',
      headers: { 'Idempotency-Key': 'order-4714', 'Idempotency-Home': 'dc1' },
      body: { accountId: exampleMoney.accountId, upTo: '12.50', minimum: '1.00', currency: 'USD' },
      status: 201,
      answer: { ...made, upTo: '12.50', minimum: '1.00', exhausted: false, unreachableNodes: [] },
    },
    insufficientFunds: {
      summary: 'Of more than there is',
      headers: { 'Idempotency-Key': 'order-4712' },
      body: { ...exampleMoney, amount: '1000000.00' },
      problem: 'insufficient-funds',
    },
    withoutKey: { summary: 'Without a key', body: exampleMoney, problem: 'invalid-request' },
  },
};

export const getPayOut: Operation = {
  id: 'getPayOut',
  group: 'pay-outs',
  summary: 'Reads a pay-out, at any datacenter',
  calls: 'read',
  answers: { 200: { means: 'It is known.', schema: payOutView } },
  problems: ['not-found'],
  examples: {
    committed: { summary: 'One that was made', path: { id: uuid }, answer: made },
    unknown: {
      summary: 'One that nobody has made',
      path: { id: '0191d2c8-7a1b-8001-8e4f-000000000000' },
      problem: 'not-found',
    },
  },
};

export const previewPayOut: Operation = {
  id: 'previewPayOut',
  group: 'pay-outs',
  summary: 'Tells where the money of a pay-out would come from now',
  description: 'As far as this datacenter knows. Nothing moves.',
  calls: 'read',
  body: previewBody,
  answers: { 200: { means: 'What would be taken where.', schema: previewView } },
  problems: ['not-found', 'account-deleted', 'currency-mismatch', 'account-frozen'],
  examples: {
    covered: {
      summary: 'Of what the account covers',
      body: { ...exampleMoney, drain: 'any' },
      answer: { covered: true, parts, spendable: '95.00', stranded: '0.00', unreachableNodes: [] },
    },
    unknown: {
      summary: 'Of an account that nobody has opened',
      body: { ...exampleMoney, accountId: '999999937' },
      problem: 'not-found',
    },
  },
};

export const createCharge: Operation = {
  id: 'createCharge',
  group: 'pay-outs',
  summary: 'Pays out what a service costs',
  description:
    'A pay-out of the service’s price times the quantity, to the currency’s decimals, halves up. The key stands for service and quantity: a repeat is told the price of then.',
  idempotencyKey: 'required',
  takesHome: true,
  calls: 'write',
  body: chargeBody,
  answers: {
    201: {
      means: 'It is decided, for good.',
      schema: payOutView,
      headers: ['Location', 'Billing-Position', 'Idempotency-Replayed'],
    },
  },
  problems: [...payOutProblems, 'service-retired'],
  examples: {
    traffic: {
      summary: 'Of so much of a service',
      headers: { 'Idempotency-Key': uuid },
      body: {
        accountId: exampleMoney.accountId,
        serviceId: '1',
        quantity: '0.125',
        reference: 'order 4711',
        metadata: { order: 4711 },
      },
      status: 201,
      answer: {
        ...made,
        reference: 'order 4711',
        metadata: { order: 4711 },
        charge: { serviceId: '1', quantity: '0.125', price: '100.00' },
      },
    },
    unknown: {
      summary: 'Of a service that there is not',
      headers: { 'Idempotency-Key': 'order-4713' },
      body: { accountId: exampleMoney.accountId, serviceId: '2147483647', quantity: '1' },
      problem: 'not-found',
    },
  },
};

export const refundPayOut: Operation = {
  id: 'refundPayOut',
  group: 'pay-outs',
  summary: 'Gives back a part of a pay-out, or all of it',
  description:
    'Never more than was paid. The datacenter that keeps the pay-out decides, whoever is asked.',
  idempotencyKey: 'required',
  takesHome: true,
  calls: 'write',
  body: refundBody,
  answers: {
    201: {
      means: 'It is given back.',
      schema: refundView,
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
      path: { id: uuid },
      headers: { 'Idempotency-Key': 'return-4711' },
      body: { amount: '1.25', currency: 'USD', reference: 'return', metadata: { order: 4711 } },
      status: 201,
      answer: {
        refundId: '0191d2c8-7a1b-8001-8e4f-5a6b7c8d9e10',
        payOutId: uuid,
        ...exampleMoney,
        amount: '1.25',
        refunded: '1.25',
        remaining: '11.25',
        reference: 'return',
        metadata: { order: 4711 },
        createdAt: exampleTime,
      },
    },
    tooMuch: {
      summary: 'More than was paid',
      path: { id: uuid },
      headers: { 'Idempotency-Key': 'return-4712' },
      body: { amount: '1000000.00', currency: 'USD' },
      problem: 'refund-exceeded',
    },
  },
};
