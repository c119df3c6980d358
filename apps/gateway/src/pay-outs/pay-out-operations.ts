import { exampleMoney, exampleNames, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { payOutBody, previewBody } from './pay-out.request.js';
import { payOutView, previewView } from './pay-out.view.js';

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

export const createPayOut: Operation = {
  id: 'createPayOut',
  group: 'pay-outs',
  summary: 'Pays out of an account',
  description:
    'The part of this datacenter goes first; the rest is drained from the others. One key pays at most once; a refusal does not use it up. A key with a home may be sent to any datacenter.',
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
  problems: [
    'missing-tenant',
    'idempotency-conflict',
    'in-progress',
    'not-found',
    'account-deleted',
    'currency-mismatch',
    'insufficient-local-funds',
    'insufficient-funds',
    'insufficient-reachable-funds',
    'contended',
    'home-unreachable',
  ],
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
  problems: ['not-found', 'account-deleted', 'currency-mismatch'],
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
