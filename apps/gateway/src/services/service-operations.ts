import type { Operation } from '../http/operation.js';
import { serviceListView } from './service.view.js';

export const listServices: Operation = {
  id: 'listServices',
  group: 'services',
  summary: 'Reads the catalogue as this datacenter knows it',
  answers: { 200: { means: 'All of it.', schema: serviceListView } },
  examples: {
    catalogue: {
      summary: 'The catalogue',
      answer: { services: [{ id: '1', name: 'SMS', price: '0.05', currency: 'USD' }] },
    },
  },
};
