import { exampleMoney, exampleNames, examplePayIn, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import {
  bulkBody,
  correctBody,
  discardBody,
  parkedDiscardBody,
  replayBody,
  retryBody,
} from './letter.request.js';
import {
  actResultsView,
  letterAfterActView,
  letterPageView,
  parkedPageView,
  retryResultsView,
  wholeLetterView,
} from './letter.view.js';

const { message: path, messageName: id, uuid, account } = exampleNames;
const name = { id, topic: path.topic, partition: 4, offset: path.offset, incarnation: 1 };
const payIn = { ...examplePayIn, home: undefined };
const note = 'XXQ is USD';
const letter = {
  ...name,
  reason: 'unknown_currency',
  detail: 'currency: must be an ISO 4217 currency code',
  commandId: uuid,
  accountId: account,
  amount: '12.50',
  currency: 'XXQ',
  receivedAt: exampleTime,
  status: 'open',
  acts: [],
};
const done = (act: string, result: string, status: string) => ({
  ...letter,
  status,
  acts: [{ act, result, client: 'ludmila', at: exampleTime, note }],
  result,
});

export const findLetters: Operation = {
  id: 'findLetters',
  group: 'letters',
  summary: 'Finds dead letters of this datacenter',
  description: 'Newest first, with counts of all that are open.',
  answers: { 200: { means: 'A page.', schema: letterPageView } },
  examples: {
    ofOneAccount: {
      summary: 'Open ones about a message',
      query: { status: 'open', reason: 'unknown_currency', commandId: uuid, limit: 10 },
      answer: {
        items: [letter],
        nextCursor: null,
        counts: { open: 1, byReason: { unknown_currency: 1 } },
      },
    },
  },
};

export const showLetter: Operation = {
  id: 'showLetter',
  group: 'letters',
  summary: 'Reads a dead letter with its bytes',
  answers: { 200: { means: 'All of it.', schema: wholeLetterView } },
  problems: ['not-found'],
  examples: {
    letter: {
      summary: 'An open one',
      path,
      answer: {
        ...letter,
        key: { base64: 'MTI5', text: '129' },
        value: { base64: 'e30=', text: '{}' },
        headers: {},
        allowedActs: ['replay', 'correct', 'discard'],
      },
    },
    unknown: {
      summary: 'One that there is none of',
      path: { ...path, offset: '999999998' },
      problem: 'not-found',
    },
  },
};

const actOnOne = {
  group: 'letters',
  calls: 'write',
  answers: { 200: { means: 'The letter, and what became of it.', schema: letterAfterActView } },
  problems: ['not-found', 'already-resolved'],
} as const satisfies Partial<Operation>;

export const replayLetter: Operation = {
  ...actOnOne,
  id: 'replayLetter',
  summary: 'Credits a dead letter as it came',
  description:
    'Under its own command id, once. What is refused says why in reason and detail; the letter stays open.',
  body: replayBody,
  bodyIsOptional: true,
  examples: {
    refused: {
      summary: 'One that is still not valid',
      path,
      body: { note },
      answer: { ...done('replay', 'refused', 'open'), acts: [] },
    },
  },
};

export const correctLetter: Operation = {
  ...actOnOne,
  id: 'correctLetter',
  summary: 'Credits something else instead of a dead letter',
  body: correctBody,
  examples: {
    anotherCurrency: {
      summary: 'The same in a currency that there is',
      path,
      body: { payIn, note },
      answer: done('correct', 'applied', 'corrected'),
    },
  },
};

export const discardLetter: Operation = {
  ...actOnOne,
  id: 'discardLetter',
  summary: 'Says that a dead letter is never to be credited',
  description: 'For ever; the bytes are kept.',
  body: discardBody,
  examples: {
    discarded: {
      summary: 'With the reason',
      path,
      body: { note },
      answer: done('discard', 'discarded', 'discarded'),
    },
  },
};

export const actOnLetters: Operation = {
  id: 'actOnLetters',
  group: 'letters',
  summary: 'Replays or discards up to 500 dead letters, each for itself',
  calls: 'write',
  body: bulkBody,
  answers: { 200: { means: 'A result for each.', schema: actResultsView } },
  examples: {
    discard: {
      summary: 'Discards one',
      body: { act: 'discard', ids: [id], note },
      answer: { results: [{ id, result: 'discarded' }] },
    },
  },
};

export const findParked: Operation = {
  id: 'findParked',
  group: 'letters',
  summary: 'Finds pay-ins that wait for their account, or for their home',
  description: 'Oldest first.',
  answers: { 200: { means: 'A page.', schema: parkedPageView } },
  examples: {
    page: {
      summary: 'The first page',
      query: { limit: 200 },
      answer: {
        items: [
          {
            ...name,
            commandId: uuid,
            ...exampleMoney,
            parkedAt: exampleTime,
            retriedAt: null,
            tries: 0,
            reason: 'account_not_found',
            home: null,
          },
        ],
        nextCursor: null,
      },
    },
  },
};

export const retryParked: Operation = {
  id: 'retryParked',
  group: 'letters',
  summary: 'Tries parked pay-ins now',
  description: 'Without ids up to 500, those whose account has arrived first.',
  calls: 'write',
  body: retryBody,
  bodyIsOptional: true,
  answers: {
    200: { means: 'A result for each, and how many still wait.', schema: retryResultsView },
  },
  examples: {
    one: {
      summary: 'One whose account is still unknown',
      body: { ids: [id], note },
      answer: { results: [{ id, result: 'parked' }], waiting: 1 },
    },
  },
};

export const discardParked: Operation = {
  id: 'discardParked',
  group: 'letters',
  summary: 'Makes parked pay-ins dead letters that are discarded',
  calls: 'write',
  body: parkedDiscardBody,
  answers: { 200: { means: 'A result for each.', schema: actResultsView } },
  examples: {
    one: {
      summary: 'One',
      body: { ids: [id], note },
      answer: { results: [{ id, result: 'discarded' }] },
    },
  },
};
