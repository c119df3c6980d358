import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type Ledger } from '@billing/testing';
import type { HoldClient } from '../coordinator/hold-client.js';
import { refusalOf } from '../coordinator/coordinator-client.js';
import type { OnHoldStep } from './history.js';
import type { Rule } from './judge.js';
import { toDecimal, toMinor } from './minor.js';
import type { AccountRecord, HeldPart, OnHoldAnswer, OnHoldRecord } from './record.js';
import { silentCodes } from './silent-codes.js';

// What a history asks of its holds, of any node until it is decided, and what the nodes say at the end of the parts.

const againDelayMs = 30;

type Captured = Awaited<ReturnType<HoldClient['capture']>>;
type Voided = Awaited<ReturnType<HoldClient['void']>>;

/** @returns undefined: not decided by then; what is still unknown then is told as such */
export async function askOnHold(
  clients: readonly HoldClient[],
  step: OnHoldStep,
  holdId: string,
  withinMs: number,
): Promise<OnHoldAnswer | undefined> {
  const end = performance.now() + withinMs;
  do {
    const client = clients[Math.floor(Math.random() * clients.length)]!;
    const asked = askOnce(client, step, holdId);
    try {
      return await asked;
    } catch {
      const { code, reason = code } = await refusalOf(asked);
      if (!silentCodes.includes(code)) return { kind: 'refused', reason };
    }
    await sleep(againDelayMs);
  } while (performance.now() < end);
  return undefined;
}

async function askOnce(
  client: HoldClient,
  { does, key, home: homeNodeId, amount, heldForMs }: OnHoldStep,
  holdId: string,
): Promise<OnHoldAnswer> {
  const keyed = { key, homeNodeId };
  switch (does) {
    case 'capture':
      return toCapture(await client.capture(holdId, toDecimal(BigInt(amount)), keyed));
    case 'void':
      return toVoid(await client.void(holdId, keyed));
    case 'extend':
      await client.extend(holdId, heldForMs, keyed);
      return { ...nothing };
  }
}

const nothing = {
  kind: 'done',
  captureId: undefined,
  got: new Map<number, bigint>(),
  unknown: 0n,
  over: 0n,
} as const;

const toCapture = ({ captureId, parts, unknown, over }: Captured): OnHoldAnswer => ({
  kind: 'done',
  captureId,
  got: new Map(
    parts
      .filter((part) => toMinor(part.unknown) === 0n)
      .map((part) => [part.nodeId, toMinor(part.captured)]),
  ),
  unknown: toMinor(unknown),
  over: toMinor(over),
});

/** Of a void that all have heard: what each gave back in all, as its home knows it. */
const toVoid = ({ hold, unknown }: Voided): OnHoldAnswer => ({
  ...nothing,
  got: new Map(
    toMinor(unknown) > 0n ? [] : hold.parts.map((part) => [part.nodeId, toMinor(part.returned)]),
  ),
  unknown: toMinor(unknown),
});

/** Until each part of every hold is captured or given back, and each node has said what became of what it was asked. */
export async function untilHoldsEnded(ledgers: readonly Ledger[]): Promise<void> {
  await eventually(
    () =>
      Promise.all(
        ledgers.map((ledger) =>
          ledger.value<bigint>(
            `/* held */ select (select count(*) from billing.hold_parts where state = 'held')
                             + (select count(*) from billing.hold_asks where answered_at is null)`,
          ),
        ),
      ),
    (open) => open.every((count) => count === 0n),
    60_000,
  );
}

/** What each node has kept of the holds, into the records. */
export async function readHeldParts(
  ledgers: readonly Ledger[],
  records: readonly AccountRecord[],
): Promise<void> {
  const byId = new Map(records.map((record) => [record.accountId, record]));
  for (const [index, ledger] of ledgers.entries()) {
    const rows = await ledger.rows<{
      id: string;
      account: string;
      amount: bigint;
      returned: bigint;
      captures: readonly string[];
      minor: readonly bigint[];
    }>(
      `/* held */ select p.hold_id::text as id, p.account_id::text as account, p.amount_minor as amount, p.returned_minor as returned,
              coalesce(array_agg(c.capture_id::text) filter (where c.capture_id is not null), '{}') as captures,
              coalesce(array_agg(c.amount_minor) filter (where c.capture_id is not null), '{}') as minor
         from billing.hold_parts p left join billing.hold_captures c using (hold_id) group by p.hold_id`,
    );
    for (const { id: holdId, account, amount, returned, captures, minor } of rows) {
      const captured = new Map(captures.map((capture, i) => [capture, minor[i]!]));
      const part = { holdId, node: index + 1, amount, returned, captured };
      byId.get(account)?.heldParts.push(part);
    }
  }
}

const sum = (amounts: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
};

/**
 * What a hold took it has captured or given back in the end, each once; what was told of captures and voids is so; and what
 * was refused could not be had.
 */
export const holdsHold: Rule = (record, payments) => {
  const { heldParts, onHolds, tries } = record;
  const heldKeys = new Set(tries.flatMap((one) => (one.heldForMs === undefined ? [] : [one.key])));
  const holds = payments.filter(({ key }) => heldKeys.has(key));
  const violations = heldParts.flatMap(({ holdId, node, amount, returned, captured }) => {
    const gone = returned + sum(captured.values());
    const isKnown = holds.some(({ payOutId }) => payOutId === holdId);
    return [
      ...(gone === amount
        ? []
        : [`${gone} of ${amount} of ${holdId} is captured or back at ${node}`]),
      ...(isKnown ? [] : [`nobody asked for ${holdId}`]),
    ];
  });
  for (const { payOutId, parts } of holds) {
    const kept = heldParts.filter(({ holdId }) => holdId === payOutId);
    const tell = (rows: Iterable<readonly [number, bigint]>): string => [...rows].sort().join('; ');
    const [told, is] = [tell(parts), tell(kept.map(({ node, amount }) => [node, amount] as const))];
    if (told !== is) violations.push(`${payOutId} was told as ${told}, and is ${is}`);
  }
  const told = new Set(
    onHolds.flatMap(({ answer }) => ('captureId' in answer ? [answer.captureId] : [])),
  );
  for (const { captured, node } of heldParts) {
    for (const id of captured.keys()) {
      if (!told.has(id)) violations.push(`the capture ${id} at ${node} was told to nobody`);
    }
  }
  return [...violations, ...onHolds.flatMap((one) => violationsOf(one, record))];
};

function violationsOf(one: OnHoldRecord, record: AccountRecord): string[] {
  const { does, key, holdId, answer, amount } = one;
  const parts = record.heldParts.filter((part) => part.holdId === holdId);
  const rivals = record.onHolds.filter(
    (other) => other.holdId === holdId && other.sentAt < one.answeredAt,
  );
  const say = (what: string): string[] => [`${does} ${key} of ${holdId}: ${what}`];
  if (answer.kind === 'refused')
    return refusalIsTrue(one, rivals, record) ? [] : say(`was refused as ${answer.reason}`);
  if (does === 'extend') return [];
  const violations = [...answer.got].flatMap(([node, minor]) => {
    const part = parts.find((kept) => kept.node === node);
    const is = does === 'void' ? part?.returned : (part?.captured.get(answer.captureId!) ?? 0n);
    return is === minor ? [] : say(`was told ${minor} of ${node}, which has ${is}`);
  });
  if (does === 'void') return violations;
  const all = sum(answer.got.values()) + answer.unknown + answer.over;
  if (all !== amount) violations.push(...say(`${all} of ${amount} is accounted for`));
  if (answer.over > 0n && !mayBeOver(one, record)) violations.push(...say('was over too early'));
  const isNew = !rivals.some((other) => other !== one && other.key === key);
  const isVoided = rivals.some(
    (other) =>
      other.does === 'void' && other.answer.kind === 'done' && other.answeredAt < one.sentAt,
  );
  if (isNew && isVoided) violations.push(...say('was begun after it had been voided'));
  return violations;
}

/** A part may be over once the shortest time that was asked for under the key has gone. */
function mayBeOver({ holdId, sinceHeldMs }: OnHoldRecord, { tries }: AccountRecord): boolean {
  const heldFor = tries.flatMap(({ answer, heldForMs }) =>
    answer.kind === 'paid' && answer.payOutId === holdId ? [heldForMs ?? 0] : [],
  );
  return sinceHeldMs >= Math.min(...heldFor);
}

function refusalIsTrue(
  one: OnHoldRecord,
  rivals: readonly OnHoldRecord[],
  record: AccountRecord,
): boolean {
  const { answer, key, amount, holdId, does } = one;
  if (answer.kind !== 'refused') return true;
  switch (answer.reason) {
    case 'HOLD_VOIDED':
      return rivals.some((other) => other.does === 'void');
    case 'HOLD_OVER':
      return mayBeOver(one, record);
    case 'HOLD_EXCEEDED': {
      const parts = record.heldParts.filter((part) => part.holdId === holdId);
      const asked = new Map(
        rivals
          .filter((other) => other.answer.kind === 'done' && other.key !== key)
          .map((other) => [other.key, other.amount]),
      );
      const left = sum(parts.map((part) => part.amount)) - sum(asked.values());
      return does === 'capture' && (left < amount || mayBeOver(one, record));
    }
    case 'IDEMPOTENCY_CONFLICT':
      return rivals.some((other) => other.key === key && other.amount !== amount);
    default:
      return false;
  }
}

/** What came back of holds, but for one. */
export const returnedOf = (parts: readonly HeldPart[], but?: string): { amount: bigint }[] =>
  parts.filter(({ holdId }) => holdId !== but).map(({ returned }) => ({ amount: returned }));
