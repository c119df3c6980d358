import { Type } from 'typebox';
import type { Operation } from '../http/operation.js';

const live = Type.Object({ status: Type.Literal('live') });
const ready = Type.Object({ status: Type.Literal('ready') });
const notReady = Type.Object({ status: Type.Literal('not ready') });

export const isLive: Operation = {
  id: 'isLive',
  group: 'health',
  summary: 'Whether the gateway runs',
  answers: { 200: { means: 'It does.', schema: live } },
  examples: { live: { summary: 'It does', answer: { status: 'live' } } },
};

export const isReady: Operation = {
  id: 'isReady',
  group: 'health',
  summary: 'Whether the gateway can do everything now',
  answers: {
    200: { means: 'It can.', schema: ready },
    503: { means: 'Something is away, or it is stopping.', schema: notReady },
  },
  examples: { ready: { summary: 'It can', answer: { status: 'ready' } } },
};
