import * as acts from '../acts/act-operations.js';
import type { Operation } from '../http/operation.js';
import { showAudit } from '../audit/audit-operations.js';
import * as letters from '../letters/letter-operations.js';

/** The same call, asked of another datacenter: what it is answered there is handed on. */
function elsewhere(operation: Operation): Operation {
  const { id, summary, description, problems = [], examples = {} } = operation;
  const there = Object.entries(examples).map(
    ([name, { path, ...example }]) => [name, { ...example, path: { node: '1', ...path } }] as const,
  );
  return {
    ...operation,
    id: `${id}Elsewhere`,
    group: 'datacenters',
    summary: `${summary}: at the datacenter that the path names`,
    ...(description !== undefined && { description }),
    problems: [
      ...new Set([...problems, 'not-found', 'overloaded', 'datacenter-unreachable'] as const),
    ],
    examples: Object.fromEntries(there),
  };
}

export const showAuditElsewhere = elsewhere(showAudit);
export const findActsElsewhere = elsewhere(acts.findActs);
export const findLettersElsewhere = elsewhere(letters.findLetters);
export const showLetterElsewhere = elsewhere(letters.showLetter);
export const actOnLettersElsewhere = elsewhere(letters.actOnLetters);
export const replayLetterElsewhere = elsewhere(letters.replayLetter);
export const correctLetterElsewhere = elsewhere(letters.correctLetter);
export const discardLetterElsewhere = elsewhere(letters.discardLetter);
export const findParkedElsewhere = elsewhere(letters.findParked);
export const retryParkedElsewhere = elsewhere(letters.retryParked);
export const discardParkedElsewhere = elsewhere(letters.discardParked);
