import { formatMessageName, parseMessageName } from '@billing/contracts';
import type { ActsQuery } from '../acts/act.query.js';
import type { PageQuery } from '../http/page.js';
import type { DeadLettersQuery } from '../letters/letter.query.js';
import { letterNotFound, readName } from '../letters/letter.request.js';
import type { LetterPath } from '../letters/dead-letter.controller.js';

/**
 * Paths of another gateway, made anew from what was checked, never from what was asked: nothing that a
 * client writes can name a path that is not here.
 */
export const paths = {
  audit: '/v1/operations/audit',
  bulk: '/v1/dead-letters/bulk',
  retry: '/v1/parked-pay-ins/retry',
  discard: '/v1/parked-pay-ins/discard',

  letters: (query: DeadLettersQuery): string => {
    const { status, reason, accountId, commandId, limit, cursor } = query;
    return `/v1/dead-letters${format({ status, reason, accountId, commandId, limit, cursor })}`;
  },

  parked: ({ limit, cursor }: PageQuery): string =>
    `/v1/parked-pay-ins${format({ limit, cursor })}`,

  acts: ({ since, until, client, objectId, limit, cursor }: ActsQuery): string =>
    `/v1/acts${format({ since, until, client, objectId, limit, cursor })}`,

  /** @throws HttpProblem 404: nothing can have that name */
  letter: (path: LetterPath, act?: 'replay' | 'correct' | 'discard'): string => {
    const id = readName(path);
    const name = parseMessageName(id);
    // A name by its pattern, but a step upwards in a URL.
    if (name === undefined || /^\.+$/.test(name.topic)) throw letterNotFound(id);
    const whole = `/v1/dead-letters/${formatMessageName(name)}`;
    return act === undefined ? whole : `${whole}/${act}`;
  },
} as const;

function format(fields: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return `?${query.toString()}`;
}
