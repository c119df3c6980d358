import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountStateResponse } from '@billing/contracts';
import { refusalOf, type CoordinatorClient } from '../coordinator/coordinator-client.js';
import type { FreezeStep } from './history.js';
import type { Rule } from './judge.js';
import {
  never,
  type AccountRecord,
  type FreezeAnswer,
  type FreezeRecord,
  type Payment,
  type Tick,
} from './record.js';
import { silentCodes } from './silent-codes.js';

// Freezes and thaws of a history: asked of any node until they are answered, and what was begun in between.

const againDelayMs = 30;

/** @returns undefined: not decided by then */
export async function askFreeze(
  clients: readonly CoordinatorClient[],
  { does, debits, credits, key }: FreezeStep,
  accountId: string,
  withinMs: number,
): Promise<FreezeAnswer | undefined> {
  const end = performance.now() + withinMs;
  const order = { accountId, debits, credits, reason: '', idempotencyKey: key };
  do {
    const client = clients[Math.floor(Math.random() * clients.length)]!;
    const asked: Promise<AccountStateResponse> =
      does === 'freeze' ? client.freezeAccount(order) : client.thawAccount(order);
    try {
      const { debitsFrozen, creditsFrozen, confirmedNodes, unconfirmedNodes } = await asked;
      const state = { debits: debitsFrozen, credits: creditsFrozen };
      return { kind: 'done', ...state, confirmed: confirmedNodes, unconfirmed: unconfirmedNodes };
    } catch {
      const { code, reason = code } = await refusalOf(asked);
      if (!silentCodes.includes(code)) return { kind: 'refused', reason };
    }
    await sleep(againDelayMs);
  } while (performance.now() < end);
  return undefined;
}

/** While a side was frozen for certain: from the answer of the freeze until its thaw was first asked for. */
interface Frozen {
  readonly debits: boolean;
  readonly credits: boolean;
  readonly from: Tick;
  readonly until: Tick;
  readonly confirmed: readonly number[];
}

/** One lane freezes and thaws an account, in turns; what comes once more under a key changes nothing. */
const actsOf = ({ freezes }: AccountRecord): FreezeRecord[] =>
  freezes.filter((one, i) => freezes.findIndex(({ key }) => key === one.key) === i);

function frozenTimes(record: AccountRecord): Frozen[] {
  const acts = actsOf(record);
  return acts.flatMap(({ does, debits, credits, answeredAt: from, answer }, i) =>
    does === 'freeze' && answer.kind === 'done'
      ? [
          {
            debits,
            credits,
            from,
            until: acts[i + 1]?.sentAt ?? never,
            confirmed: answer.confirmed,
          },
        ]
      : [],
  );
}

/**
 * While all who give or decide have confirmed, nothing that is frozen is begun and done; who is refused as frozen asked
 * while it may have been so; and each answer tells the state that its act has made.
 */
export const freezesHold: Rule = (record, payments) => {
  const times = frozenTimes(record);
  return [
    ...payments.flatMap((one) =>
      times.some((time) => time.debits && isPaidIn(time, one, record))
        ? [`${one.key} of ${one.amount} was paid while debits were frozen`]
        : [],
    ),
    ...record.payIns.flatMap(({ commandId, amount, nodes, sentAt, knownAt }) =>
      times.some(
        ({ credits, from, until, confirmed }) =>
          credits &&
          sentAt > from &&
          knownAt < until &&
          nodes.every((node) => confirmed.includes(node)),
      )
        ? [`${commandId} of ${amount} was credited while credits were frozen`]
        : [],
    ),
    ...falselyFrozen(record),
    ...statesAreTold(record),
  ];
};

/** By a node that had confirmed, or out of its part. */
function isPaidIn(
  { from, until, confirmed }: Frozen,
  one: Payment,
  record: AccountRecord,
): boolean {
  if (!(one.earliest > from && one.latest < until)) return false;
  const deciders = record.tries.flatMap(({ answer, wanders, node }) =>
    answer.kind === 'paid' && answer.payOutId === one.payOutId && !wanders ? [node] : [],
  );
  return [...deciders, ...one.parts.keys()].some((node) => confirmed.includes(node));
}

/** Until a node has heard of a thaw it goes on; where all have, none does. */
function falselyFrozen(record: AccountRecord): string[] {
  const acts = actsOf(record);
  return record.tries.flatMap(({ key, amount, node, answer, sentAt, answeredAt }) => {
    if (answer.kind === 'paid' || answer.reason !== 'ACCOUNT_FROZEN') return [];
    const mayBeFrozen = acts.some((freeze, i) => {
      if (freeze.does !== 'freeze' || !freeze.debits || freeze.sentAt > answeredAt) return false;
      const thaws = acts.slice(i + 1).filter(({ does }) => does === 'thaw');
      return !thaws.some(
        (thaw) =>
          thaw.answeredAt < sentAt &&
          thaw.answer.kind === 'done' &&
          thaw.answer.unconfirmed.length === 0,
      );
    });
    return mayBeFrozen ? [] : [`${key} of ${amount} at node ${node} was refused as frozen`];
  });
}

function statesAreTold(record: AccountRecord): string[] {
  const acts = actsOf(record);
  return record.freezes.flatMap(({ does, key, sentAt, answer }) => {
    if (answer.kind === 'refused') return [`${does} ${key} was refused as ${answer.reason}`];
    // A repeat is told the state of now.
    const last = acts.filter((act) => act.sentAt <= sentAt).at(-1)!;
    const is = (side: boolean): boolean => side && last.does === 'freeze';
    return answer.debits === is(last.debits) && answer.credits === is(last.credits)
      ? []
      : [`${does} ${key} was told as debits ${answer.debits}, credits ${answer.credits}`];
  });
}
