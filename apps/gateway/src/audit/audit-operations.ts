import { exampleMoney, exampleTime } from '../http/example-values.js';
import type { Operation } from '../http/operation.js';
import { auditView } from './audit.view.js';

export const showAudit: Operation = {
  id: 'showAudit',
  group: 'operations',
  summary: 'Reads what the auditor of this datacenter has found',
  description:
    'Findings that have ended, too, how far it is, and what deleted accounts have in the part of this datacenter.',
  answers: { 200: { means: 'All of it, up to 200 of each.', schema: auditView } },
  examples: {
    audit: {
      summary: 'All is well, and a deleted account has money',
      answer: {
        node: 1,
        runs: [
          {
            walk: 'accounts',
            status: 'checked',
            beganAt: exampleTime,
            steppedAt: exampleTime,
            completedAt: exampleTime,
            checked: '4711',
          },
        ],
        faults: [],
        total: 0,
        moneyOfDeleted: [exampleMoney],
        moneyOfDeletedTotal: 1,
      },
    },
  },
};
