import { exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import {
  historyView,
  nodeHistoryView,
  nodeSnapshotView,
  overviewView,
} from './node-snapshot.view.js';

const notKnown = { fault: 'not known' };
const snapshot = {
  node: 1,
  at: exampleTime,
  startedAt: exampleTime,
  faults: {},
  lag: notKnown,
  rates: { arriving: 12.5, applied: 12.5, payOuts: 3 },
  deadLetters: { open: 1, byReason: { unknown_currency: 1 }, fault: null },
  parked: { count: 0, oldestSeconds: 0, fault: null },
  drains: { stages: [], fault: null },
  audit: { open: 0, first: null, walkedSeconds: 40, fault: null },
  links: { peers: [], fault: null },
};
const overview = {
  node: 1,
  at: exampleTime,
  nodes: [
    { node: 1, snapshot, fault: null },
    { node: 2, snapshot: null, fault: 'no answer in time' },
  ],
};
const metric = { metric: 'lag_messages' };
const series = { since: exampleTime, stepSeconds: 10, points: [[1_767_268_800_000, 0]] };

export const showNode: Operation = {
  id: 'showNode',
  group: 'operations',
  summary: 'Reads how this datacenter is',
  answers: { 200: { means: 'What is known.', schema: nodeSnapshotView } },
  examples: { node: { summary: 'This datacenter', answer: snapshot } },
};

export const showNodeHistory: Operation = {
  id: 'showNodeHistory',
  group: 'operations',
  summary: 'Reads how a figure of this datacenter was in the last hour',
  answers: { 200: { means: 'A point for every step.', schema: nodeHistoryView } },
  examples: {
    lag: { summary: 'Consumer lag', query: metric, answer: { node: 1, ...metric, ...series } },
  },
};

export const showOverview: Operation = {
  id: 'showOverview',
  group: 'operations',
  summary: 'Reads how all datacenters are',
  description: 'The others are asked with the token of this request.',
  answers: { 200: { means: 'Each, or that it did not answer.', schema: overviewView } },
  examples: { overview: { summary: 'All of them', answer: overview } },
};

export const watchOverview: Operation = {
  id: 'watchOverview',
  group: 'operations',
  summary: 'Watches how all datacenters are',
  description:
    'Server-sent events: a snapshot, an Overview as JSON, at once and then at most once a second, when something has changed. It ends when its token does.',
  answers: {
    200: {
      means: 'Events without an end.',
      mediaType: 'text/event-stream',
      headers: ['Cache-Control'],
    },
  },
  problems: ['overloaded'],
};

export const showHistory: Operation = {
  id: 'showHistory',
  group: 'operations',
  summary: 'Reads how a figure of all datacenters was in the last hour',
  answers: { 200: { means: 'A series for each.', schema: historyView } },
  examples: {
    lag: {
      summary: 'Consumer lag',
      query: metric,
      answer: {
        ...metric,
        stepSeconds: 10,
        series: [{ node: 1, fault: null, ...metric, ...series }],
      },
    },
  },
};
