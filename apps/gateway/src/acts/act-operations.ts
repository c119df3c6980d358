import { exampleNames, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { actPageView } from './act.view.js';

const { account, uuid } = exampleNames;

export const findActs: Operation = {
  id: 'findActs',
  group: 'acts',
  summary: 'Finds what was done at this datacenter by the word of somebody',
  description: 'Newest first. since is included, until is not.',
  answers: { 200: { means: 'A page.', schema: actPageView } },
  examples: {
    ofOneAccount: {
      summary: 'What was done to an account',
      query: {
        since: '2025-01-01T00:00:00Z',
        until: '2100-01-01T00:00:00Z',
        client: 'shop',
        objectId: account,
        limit: 10,
      },
      answer: {
        items: [
          {
            id: `account/${uuid}`,
            act: 'correct',
            result: null,
            objectType: 'account',
            objectId: account,
            tenant: 'default',
            client: 'shop',
            address: '192.0.2.7',
            at: exampleTime,
            note: 'credited twice by the bank',
            before: { balance: '60.00', currency: 'USD' },
            after: { balance: '47.50', currency: 'USD' },
          },
        ],
        nextCursor: null,
      },
    },
  },
};
