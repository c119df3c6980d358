import { exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { creationBody, pricingBody, retirementBody } from './service.request.js';
import { pricedServiceView, serviceListView } from './service.view.js';

const traffic = { name: 'Traffic', price: '0.0125', currency: 'USD', unit: 'MB' };
const service = { id: '1', name: 'SMS', price: '0.05', currency: 'USD' };

const changed = {
  schema: pricedServiceView,
  headers: ['Billing-Position', 'Idempotency-Replayed'],
} as const;

export const listServices: Operation = {
  id: 'listServices',
  group: 'services',
  summary: 'Reads the catalogue as this datacenter knows it',
  answers: { 200: { means: 'All of it.', schema: serviceListView } },
  examples: {
    catalogue: { summary: 'The catalogue', answer: { services: [service] } },
  },
};

export const getService: Operation = {
  id: 'getService',
  group: 'services',
  summary: 'Reads a service with all its prices',
  answers: { 200: { means: 'It is known.', schema: pricedServiceView } },
  problems: ['not-found'],
  examples: {
    known: {
      summary: 'One that there is',
      path: { id: '1' },
      answer: { ...service, prices: [{ price: '0.05' }] },
    },
    unknown: {
      summary: 'One that there is not',
      path: { id: '2147483647' },
      problem: 'not-found',
    },
  },
};

export const createService: Operation = {
  id: 'createService',
  group: 'services',
  summary: 'Makes a service, at the catalogue’s home',
  description: 'It is named once: the same again is answered alike. Whichever datacenter is asked.',
  calls: 'write',
  body: creationBody,
  answers: {
    201: { means: 'It is there.', ...changed, headers: ['Location', ...changed.headers] },
  },
  problems: ['service-exists'],
  examples: {
    traffic: {
      summary: 'With a price of more decimals than its currency has',
      body: traffic,
      status: 201,
      answer: { id: '2', ...traffic, prices: [{ validFrom: exampleTime, price: '0.0125' }] },
    },
    withoutName: {
      summary: 'Without a name',
      body: { ...traffic, name: ' ' },
      problem: 'invalid-request',
    },
  },
};

export const repriceService: Operation = {
  id: 'repriceService',
  group: 'services',
  summary: 'Sets the price of a service from a time on',
  description:
    'One that is yet to come may be set again; one that is over not. The same again is answered alike.',
  calls: 'write',
  body: pricingBody,
  answers: { 201: { means: 'It is so, or will be.', ...changed } },
  problems: ['not-found', 'service-retired'],
  examples: {
    later: {
      summary: 'From the next century on',
      path: { id: '2' },
      body: { price: '0.06', validFrom: '2101-01-01T00:00:00Z' },
      status: 201,
      answer: {
        ...service,
        prices: [{ validFrom: '2101-01-01T00:00:00.000Z', price: '0.06' }, { price: '0.05' }],
      },
    },
    unknown: {
      summary: 'Of a service that there is not',
      path: { id: '2147483647' },
      body: { price: '0.06' },
      problem: 'not-found',
    },
  },
};

export const retireService: Operation = {
  id: 'retireService',
  group: 'services',
  summary: 'Charges a service no more, for good',
  calls: 'write',
  body: retirementBody,
  bodyIsOptional: true,
  answers: { 200: { means: 'It is retired.', ...changed } },
  problems: ['not-found'],
  examples: {
    retired: {
      summary: 'One that there is',
      path: { id: '3' },
      answer: { ...service, retiredAt: exampleTime, prices: [{ price: '0.05' }] },
    },
    unknown: {
      summary: 'One that there is not',
      path: { id: '2147483647' },
      problem: 'not-found',
    },
  },
};
