import { exampleMoney, exampleNames, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { correctionBody, openingBody } from './account.request.js';
import {
  accountPageView,
  accountView,
  balanceView,
  madeCorrectionView,
  openedAccountView,
  transactionPageView,
} from './account.view.js';
import { operationPageView } from './history.view.js';

const { account, uuid } = exampleNames;
const id = { id: account };
const opened = { accountId: account, id: account, username: 'ada', currency: 'USD' };
const shown = {
  ...opened,
  deleted: false,
  state: 'open',
  debitsFrozen: false,
  creditsFrozen: false,
  homeNode: 1,
  createdAt: exampleTime,
  tenant: 'default',
};

export const openAccount: Operation = {
  id: 'openAccount',
  group: 'accounts',
  summary: 'Opens an account',
  description:
    'With the same key the same account is answered again. A request without a key gets one made for it: every answer says it.',
  moreScopes: 'accounts:fund as well, where initialBalance is above zero',
  idempotencyKey: 'optional',
  calls: 'write',
  body: openingBody,
  answers: {
    201: {
      means: 'It is open.',
      schema: openedAccountView,
      headers: ['Location', 'Billing-Position', 'Idempotency-Replayed', 'Idempotency-Key'],
    },
  },
  problems: ['missing-tenant', 'idempotency-conflict'],
  examples: {
    withMoney: {
      summary: 'With money, half of it elsewhere at once',
      headers: { 'Idempotency-Key': 'open-ada-1' },
      body: { username: 'ada', currency: 'USD', initialBalance: '100.00' },
      status: 201,
      answer: { ...opened, initialBalance: '100.00' },
    },
    empty: {
      summary: 'Empty, in the currency that goes without saying',
      headers: { 'Idempotency-Key': 'open-ada-2' },
      body: { username: 'ada' },
      status: 201,
      answer: { ...opened, initialBalance: '0' },
    },
    keyUsedBefore: {
      summary: 'Under a key that came with another body before',
      headers: { 'Idempotency-Key': 'open-ada-2' },
      body: { username: 'grace' },
      problem: 'idempotency-conflict',
    },
    notValid: {
      summary: 'With a field that there is none of',
      headers: { 'Idempotency-Key': 'open-ada-3' },
      body: { username: '', color: 'red' },
      problem: 'invalid-request',
    },
  },
};

export const findAccounts: Operation = {
  id: 'findAccounts',
  group: 'accounts',
  summary: 'Lists accounts',
  description:
    'As this datacenter knows them: by username, as bytes, where username or prefix is given, else by the time of opening; createdTo is not included.',
  answers: { 200: { means: 'A page.', schema: accountPageView } },
  examples: {
    byName: {
      summary: 'The first page',
      query: {
        username: uuid,
        prefix: uuid,
        state: 'open',
        currency: 'USD',
        createdFrom: '2026-01-01T00:00:00Z',
        createdTo: '2100-01-01T00:00:00Z',
        limit: 10,
      },
      answer: { accounts: [shown], nextCursor: null },
    },
    frozen: {
      summary: 'Those that are frozen',
      query: { state: 'frozen', limit: 10 },
      answer: { accounts: [], nextCursor: null },
    },
  },
};

export const getAccount: Operation = {
  id: 'getAccount',
  group: 'accounts',
  summary: 'Reads an account, a deleted one too',
  answers: { 200: { means: 'It is known here.', schema: accountView } },
  problems: ['not-found'],
  examples: {
    account: { summary: 'An account', path: id, answer: shown },
    unknown: {
      summary: 'One that nobody has opened',
      path: { id: '999999937' },
      problem: 'not-found',
    },
  },
};

export const deleteAccount: Operation = {
  id: 'deleteAccount',
  group: 'accounts',
  summary: 'Deletes an account that is empty, for good',
  description:
    'Every datacenter is asked for its part. With force=true and a reason it is deleted whatever is in it.',
  moreScopes: 'operator:act as well, with force=true',
  calls: 'write',
  answers: { 204: { means: 'It is deleted, or was before.', headers: ['Billing-Position'] } },
  problems: ['not-found', 'account-not-empty'],
  examples: {
    empty: { summary: 'One without money', path: id, status: 204 },
    byForce: {
      summary: 'Whatever is in it',
      path: id,
      query: { force: true, reason: 'a duplicate of another account' },
      status: 204,
    },
    notEmpty: { summary: 'One with money', path: id, problem: 'account-not-empty' },
  },
};

export const correctBalance: Operation = {
  id: 'correctBalance',
  group: 'accounts',
  summary: 'Changes the part of this datacenter by the word of an operator',
  description:
    'Either sign. The key is known to this datacenter alone; a refusal does not use it up.',
  idempotencyKey: 'optional',
  calls: 'write',
  body: correctionBody,
  answers: {
    201: {
      means: 'It is made.',
      schema: madeCorrectionView,
      headers: ['Billing-Position', 'Idempotency-Replayed', 'Idempotency-Key'],
    },
  },
  problems: [
    'idempotency-conflict',
    'not-found',
    'currency-mismatch',
    'account-deleted',
    'insufficient-local-funds',
    'balance-limit',
  ],
  examples: {
    downwards: {
      summary: 'Takes what was credited twice',
      path: id,
      headers: { 'Idempotency-Key': 'ticket 311' },
      body: { amount: '-12.50', currency: 'USD', reason: 'credited twice by the bank' },
      status: 201,
      answer: {
        correctionId: uuid,
        accountId: account,
        amount: '-12.50',
        currency: 'USD',
        reason: 'credited twice by the bank',
        balance: '47.50',
      },
    },
    inAnotherCurrency: {
      summary: 'In a currency that is not the account’s',
      path: id,
      headers: { 'Idempotency-Key': 'ticket 312' },
      body: { amount: '12', currency: 'JPY', reason: 'a mistake' },
      problem: 'currency-mismatch',
    },
  },
};

export const getBalance: Operation = {
  id: 'getBalance',
  group: 'accounts',
  summary: 'Reads what an account has, in all and by datacenter',
  description:
    'The total is the sum of the parts, and again of spendable and stranded. Reserved is what drains have set aside, held what holds hold: they are in none of the others. Held and stranded is what a datacenter that cannot be reached holds: nobody else gives it back.',
  answers: { 200: { means: 'As this datacenter knows it.', schema: balanceView } },
  problems: ['not-found'],
  examples: {
    balance: {
      summary: 'Of an account with money at the datacenter that is asked',
      path: id,
      answer: {
        accountId: account,
        currency: 'USD',
        deleted: false,
        total: '90.00',
        spendable: '60.00',
        reserved: '10.00',
        held: '0.00',
        stranded: '30.00',
        heldStranded: '0.00',
        clawback: '0.00',
        parts: [
          {
            node: 1,
            own: true,
            reachable: true,
            balance: '40.00',
            reserved: '10.00',
            held: '0.00',
            asOf: exampleTime,
          },
        ],
      },
    },
  },
};

export const listTransactions: Operation = {
  id: 'listTransactions',
  group: 'accounts',
  summary: 'Reads the entries of an account',
  description:
    'Newest first. A drained pay-out is a reserve at each donor, and a release where more was reserved than needed. One item for all of them: operations.',
  answers: { 200: { means: 'A page.', schema: transactionPageView } },
  problems: ['not-found'],
  examples: {
    history: {
      summary: 'The first page',
      path: id,
      query: { limit: 20 },
      answer: {
        transactions: [
          {
            id: '1-4711',
            node: 1,
            type: 'pay_in',
            operationId: uuid,
            amount: exampleMoney.amount,
            currency: 'USD',
            reference: 'order 4711',
            createdAt: exampleTime,
          },
        ],
        nextCursor: null,
      },
    },
  },
};

export const listOperations: Operation = {
  id: 'listOperations',
  group: 'accounts',
  summary: 'Reads the history of an account',
  description:
    'Newest first, each operation once, with its entries at all datacenters. Whatever arrives later stands where it belongs and moves nothing else.',
  answers: { 200: { means: 'A page.', schema: operationPageView } },
  problems: ['not-found'],
  examples: {
    history: {
      summary: 'The first page',
      path: id,
      query: { limit: 20 },
      answer: {
        operations: [
          {
            type: 'pay_out',
            operationId: uuid,
            payOutId: uuid,
            status: 'committed',
            amount: '-80.00',
            currency: 'USD',
            at: exampleTime,
            reference: 'order 4711',
            entries: [
              { node: 1, type: 'reserve', amount: '-50.00', at: exampleTime },
              { node: 2, type: 'reserve', amount: '-30.00', at: exampleTime },
            ],
          },
        ],
        nextCursor: null,
      },
    },
    ofADatacenter: {
      summary: 'The pay-ins of a month that a datacenter has credited',
      path: id,
      query: {
        type: 'pay_in',
        node: 1,
        since: '2026-01-01T00:00:00Z',
        until: '2026-02-01T00:00:00Z',
      },
      answer: { operations: [], nextCursor: null },
    },
    unknown: {
      summary: 'Of an account that nobody has opened',
      path: { id: '999999937' },
      problem: 'not-found',
    },
  },
};
