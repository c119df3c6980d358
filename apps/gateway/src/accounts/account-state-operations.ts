import { exampleNames } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { stateBody } from './account-state.request.js';
import { changedStateView } from './account-state.view.js';

const { account } = exampleNames;
const id = { id: account };

const changed: Operation['answers'] = {
  200: {
    means: 'It is so now.',
    schema: changedStateView,
    headers: ['Billing-Position', 'Idempotency-Replayed', 'Idempotency-Key'],
  },
};
const problems: Operation['problems'] = [
  'not-found',
  'idempotency-conflict',
  'account-deleted',
  'outcome-unknown',
];

export const freezeAccount: Operation = {
  id: 'freezeAccount',
  group: 'accounts',
  summary: 'Freezes what goes out of an account, what comes in, or both',
  description:
    'Pay-outs, charges and holds are refused; pay-ins wait until it is thawed. What was held before may be captured, and what the system gives back comes. A datacenter that is cut off goes on until it hears of it: the answer names those that have not.',
  idempotencyKey: 'optional',
  calls: 'write',
  body: stateBody,
  answers: changed,
  problems,
  examples: {
    debits: {
      summary: 'So that nothing is paid out of it',
      path: id,
      headers: { 'Idempotency-Key': 'freeze ticket 311' },
      body: { sides: 'debits', reason: 'a stolen phone' },
      answer: {
        accountId: account,
        state: 'frozen',
        debitsFrozen: true,
        creditsFrozen: false,
        confirmed: [1],
        unconfirmed: [],
      },
    },
    unknown: {
      summary: 'One that nobody has opened',
      path: { id: '999999937' },
      headers: { 'Idempotency-Key': 'freeze ticket 312' },
      body: { sides: 'both' },
      problem: 'not-found',
    },
  },
};

export const thawAccount: Operation = {
  id: 'thawAccount',
  group: 'accounts',
  summary: 'Thaws an account, or a side of it',
  description: 'Pay-ins that waited are credited within seconds.',
  idempotencyKey: 'optional',
  calls: 'write',
  body: stateBody,
  answers: changed,
  problems,
  examples: {
    both: {
      summary: 'All of it',
      path: id,
      headers: { 'Idempotency-Key': 'thaw ticket 311' },
      body: { sides: 'both', reason: 'the phone was found' },
      answer: {
        accountId: account,
        state: 'open',
        debitsFrozen: false,
        creditsFrozen: false,
        confirmed: [1],
        unconfirmed: [],
      },
    },
  },
};
