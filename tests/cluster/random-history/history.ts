import { Random } from './random.js';

/** Nothing is asked where the hold was refused. */
export interface OnHoldStep {
  readonly does: 'capture' | 'void' | 'extend';
  /** The key of the hold, and its home. */
  readonly of: string;
  readonly home: number;
  readonly key: string;
  /** Of a capture; else 0. */
  readonly amount: number;
  /** Of an extension; else 0. */
  readonly heldForMs: number;
}

/** Of some sides of the account. */
export interface FreezeStep {
  readonly does: 'freeze' | 'thaw';
  readonly debits: boolean;
  readonly credits: boolean;
  readonly key: string;
  /** Waited before, so that something is begun meanwhile. */
  readonly afterMs: number;
}

/** One thing to do, at one node. Amounts are minor units. */
export type Step =
  | {
      readonly does: 'pay_in';
      /** Where it is sent, or its home. */
      readonly node: number;
      /** home: the message has one, and is sent anywhere; wanders: it has none, and is sent to several. */
      readonly place: 'home' | 'stays' | 'wanders';
      /** Whose brokers take it. */
      readonly sentTo: readonly number[];
      readonly commandId: string;
      readonly amount: number;
    }
  | {
      readonly does: 'pay_out';
      /** Where it is sent, or the home of its key. */
      readonly node: number;
      /** home: the key has one, and each try is sent anywhere; wanders: it has none, and they are all the same. */
      readonly place: 'home' | 'stays' | 'wanders';
      readonly key: string;
      readonly amount: number;
      /** It takes what there is: from so much up to the amount. */
      readonly minimum?: number | undefined;
      /** It is a charge of so many units of the service. */
      readonly quantity?: number | undefined;
      /** It is a hold. */
      readonly heldForMs?: number | undefined;
      readonly localOnly: boolean;
      /** Sent twice in one breath. */
      readonly isDoubled: boolean;
    }
  | {
      readonly does: 'refund';
      /** The key of the pay-out; nothing is asked where that was refused. */
      readonly of: string;
      readonly key: string;
      readonly amount: number;
    }
  | OnHoldStep
  | FreezeStep
  | { readonly does: 'delete'; readonly node: number }
  /** Goes on when all pay-ins sent so far are credited. No operation of its own. */
  | { readonly does: 'await' };

/** What happens to one account: lanes run side by side, the steps of a lane one after the other. */
export interface AccountHistory {
  /** The node that opens it. */
  readonly home: number;
  readonly lanes: readonly (readonly Step[])[];
}

export interface HistorySize {
  readonly operations: number;
  readonly nodes: number;
  /** Accounts with one lane: at any moment their model knows what they have. */
  readonly quietAccounts: number;
  /** Accounts that many callers want something of at the same time. */
  readonly busyAccounts: number;
  readonly busyLanes: number;
  /** Of all operations, on busy accounts. */
  readonly busyShare: number;
}

// Shares of what a lane does; the rest are new pay-outs.
const payInShare = 0.36;
const retryShare = 0.12;
const refundShare = 0.08;
const onHoldShare = 0.25;
const chargedShare = 0.15;
const heldShare = 0.2;
/** Shorter than the history, so that time ends some. */
const heldForMs = [1_000, 8_000, 20_000] as const;
const deletedShare = 0.12;
/** Of accounts that are not deleted. */
const frozenShare = 0.3;
const freezeShare = 0.06;
const thawShare = 0.25;
const upToShare = 0.2;

/** What a charge of so many units costs: 0.0125 each, halves up. */
export const SERVICE_PRICE = '0.0125';
export const chargedMinor = (quantity: number): number => Math.floor((quantity * 125 + 50) / 100);

/** The same seed and size: the same history. */
export function makeHistory(seed: number, size: HistorySize): AccountHistory[] {
  const random = new Random(seed);
  const { operations, nodes, quietAccounts, busyAccounts, busyLanes, busyShare } = size;
  const busyOperations = busyAccounts > 0 ? Math.floor(operations * busyShare) : 0;
  const busy = split(busyOperations, busyAccounts).map((count) =>
    makeAccount(random, nodes, split(count, busyLanes), true),
  );
  const quiet = split(operations - busyOperations, quietAccounts).map((count) =>
    makeAccount(random, nodes, [count], false),
  );
  return [...busy, ...quiet];
}

/** The same with the same keys, under command ids of its own: those are one name each over all tenants. */
export function withOwnCommandIds(history: readonly AccountHistory[]): AccountHistory[] {
  const own = (id: string): string =>
    id.replace(/^./, (digit) => (15 - Number.parseInt(digit, 16)).toString(16));
  return history.map(({ home, lanes }) => ({
    home,
    lanes: lanes.map((steps) =>
      steps.map((step) =>
        step.does === 'pay_in' ? { ...step, commandId: own(step.commandId) } : step,
      ),
    ),
  }));
}

export const isEverFrozen = ({ lanes }: AccountHistory): boolean =>
  lanes.some((steps) => steps.some(({ does }) => does === 'freeze'));

export function countOperations(history: readonly AccountHistory[]): number {
  let count = 0;
  for (const step of history.flatMap(({ lanes }) => lanes.flat())) {
    if (step.does === 'await') continue;
    count += step.does === 'pay_out' && step.isDoubled ? 2 : 1;
  }
  return count;
}

function split(total: number, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, i) => Math.floor((total * (i + 1)) / parts) - Math.floor((total * i) / parts),
  );
}

function makeAccount(
  random: Random,
  nodes: number,
  counts: readonly number[],
  isBusy: boolean,
): AccountHistory {
  const isDeleted = random.chance(deletedShare);
  const isFrozen = !isDeleted && random.chance(frozenShare);
  // Which lane does it.
  const chosen = random.between(0, counts.length - 1);
  const lanes = counts.map((count, lane) =>
    new Lane(random, nodes, isBusy, isFrozen).make(
      count,
      lane === chosen && (isDeleted ? 'deletes' : isFrozen ? 'freezes' : undefined),
      isDeleted,
    ),
  );
  return { home: random.between(1, nodes), lanes };
}

/** Writes the steps of one lane. Its guess of what the account has makes for pay-outs of all outcomes. */
class Lane {
  private readonly steps: Step[] = [];
  private readonly payIns: Extract<Step, { does: 'pay_in' }>[] = [];
  private readonly payOuts: Extract<Step, { does: 'pay_out' }>[] = [];
  private readonly holds: Extract<Step, { does: 'pay_out' }>[] = [];
  private readonly onHolds: OnHoldStep[] = [];
  private guess = 0;
  private isDeleted = false;
  /** By this lane: it freezes and thaws in turns. */
  private frozen: FreezeStep | undefined;

  constructor(
    private readonly random: Random,
    private readonly nodes: number,
    private readonly isBusy: boolean,
    /** By some lane. */
    private readonly mayBeFrozen: boolean,
  ) {}

  make(
    operations: number,
    does: 'deletes' | 'freezes' | false | undefined,
    mayBeDeleted: boolean,
  ): Step[] {
    const { random } = this;
    const deleteAt =
      does === 'deletes' ? random.between(Math.floor(operations / 2), operations - 1) : -1;
    for (let done = 0; done < operations;) {
      const left = operations - done;
      const isLast = left === 1;
      if (this.frozen && (isLast || random.chance(thawShare))) this.addThaw();
      else if (does === 'freezes' && !this.frozen && !isLast && random.chance(freezeShare))
        this.addFreeze();
      else if (done === deleteAt || (this.isDeleted && random.chance(0.1))) this.addDeletion();
      // At once, before it is known at the other: what moves is refunded before it is given back.
      else if (this.isPaidTwice() && random.chance(0.7)) this.addRefund(1);
      else if (this.payIns.length === 0 || random.chance(payInShare)) this.addPayIn();
      else if (this.payOuts.length > 0 && random.chance(retryShare)) this.addRetry();
      else if (this.payOuts.length > 0 && random.chance(refundShare)) this.addRefund(3);
      else if (this.holds.length > 0 && random.chance(onHoldShare)) this.addOnHold();
      else {
        // Of a deleted account some pay-ins are never credited.
        if (!mayBeDeleted && !this.frozen && random.chance(0.3)) this.steps.push({ does: 'await' });
        this.addPayOut(left > (this.frozen ? 2 : 1));
      }
      const last = this.steps.at(-1)!;
      done += last.does === 'pay_out' && last.isDoubled ? 2 : 1;
    }
    return this.steps;
  }

  private addDeletion(): void {
    this.isDeleted = true;
    this.steps.push({ does: 'delete', node: this.node() });
  }

  /** Now and then once more what was frozen last, which changes nothing. */
  private addFreeze(): void {
    const { random } = this;
    const earlier = this.steps.findLast((step) => step.does === 'freeze');
    if (earlier && random.chance(0.3)) {
      this.steps.push(earlier);
      return;
    }
    const sides = random.pick(['debits', 'credits', 'both']);
    const [debits, credits] = [sides !== 'credits', sides !== 'debits'];
    this.frozen = { does: 'freeze', debits, credits, key: random.uuid(), afterMs: 0 };
    this.steps.push(this.frozen);
  }

  private addThaw(): void {
    const { random } = this;
    const afterMs = random.pick([0, 0, 700]);
    this.steps.push({ ...this.frozen!, does: 'thaw', key: random.uuid(), afterMs });
    this.frozen = undefined;
  }

  private addPayIn(): void {
    const { random } = this;
    if (this.payIns.length > 0 && random.chance(0.08)) {
      // The same command again, as it was or with other content: neither credits anything. Of two that several take, either may come first,
      // and of two that wait for a thaw.
      const earlier = random.pick(this.payIns);
      const hasOtherContent = random.chance(0.3) && earlier.place === 'stays' && !this.mayBeFrozen;
      this.steps.push({ ...earlier, amount: earlier.amount + (hasOtherContent ? 1 : 0) });
      return;
    }
    const node = this.node();
    const place = random.pick(['home', 'stays', 'stays', 'wanders'] as const);
    const step = {
      does: 'pay_in' as const,
      node,
      place,
      sentTo: place === 'stays' ? [node] : this.several(place === 'wanders' ? 2 : 1),
      commandId: random.uuid(),
      amount: random.between(100, this.isBusy ? 10_000 : 50_000),
    };
    this.guess += step.amount;
    this.payIns.push(step);
    this.steps.push(step);
  }

  private addPayOut(mayDouble: boolean): void {
    const { random } = this;
    const isHold = random.chance(heldShare);
    const place = isHold ? 'home' : random.pick(['home', 'home', 'stays', 'wanders'] as const);
    // So many units that it is about what is wanted.
    const takesWhatThereIs = !isHold && place === 'home' && random.chance(upToShare);
    // More than there is, often.
    const isMore = takesWhatThereIs && random.chance(0.5);
    const wanted = isMore
      ? this.guess + random.between(1, this.guess + 1_000)
      : Math.max(1, this.chooseAmount());
    const isCharge = !isHold && !takesWhatThereIs && random.chance(chargedShare);
    const quantity = isCharge ? Math.ceil(wanted / 1.25) : undefined;
    const step = {
      does: 'pay_out' as const,
      node: this.node(),
      place,
      key: random.uuid(),
      amount: quantity === undefined ? wanted : chargedMinor(quantity),
      minimum: takesWhatThereIs ? random.pick([0, 0, random.between(1, wanted)]) : undefined,
      quantity,
      heldForMs: isHold ? random.pick(heldForMs) : undefined,
      localOnly: random.chance(0.12),
      // Two datacenters that take one key in one breath both pay.
      isDoubled: mayDouble && random.chance(place === 'wanders' ? 0.3 : 0.04),
    };
    if (takesWhatThereIs || step.amount <= this.guess)
      this.guess -= Math.min(this.guess, step.amount);
    (isHold ? this.holds : this.payOuts).push(step);
    this.steps.push(step);
  }

  /** On one of the last holds, or once more what was asked of one: the same, or with other content. */
  private addOnHold(): void {
    const { random } = this;
    const earlier = this.onHolds.at(-1);
    if (earlier && random.chance(0.15)) {
      const hasOtherContent = earlier.does === 'capture' && random.chance(0.3);
      this.steps.push({ ...earlier, amount: earlier.amount + (hasOtherContent ? 1 : 0) });
      return;
    }
    const { key: of, node: home, amount } = random.pick(this.holds.slice(-2));
    const does = random.pick(['capture', 'capture', 'capture', 'void', 'extend'] as const);
    const roll = random.next();
    const part = roll < 0.2 ? amount : roll < 0.3 ? amount + 1 : random.between(1, amount);
    const step = {
      does,
      of,
      home,
      key: random.uuid(),
      amount: does === 'capture' ? part : 0,
      heldForMs: does === 'extend' ? random.pick(heldForMs) : 0,
    };
    this.onHolds.push(step);
    this.steps.push(step);
  }

  private chooseAmount(): number {
    const { random, guess } = this;
    if (this.isBusy) return random.between(500, 9_000);
    const roll = random.next();
    if (roll < 0.6) return random.between(1, Math.floor(guess / 5) + 1);
    if (roll < 0.8) return Math.floor(guess * (0.4 + random.next() * 0.5));
    if (roll < 0.87) return guess;
    if (roll < 0.92) return guess + 1;
    return guess + random.between(1, guess + 1_000);
  }

  /** A key that wanders says the same each time: two datacenters may take both of two requests, which stand for people to see. */
  private addRetry(): void {
    const { random } = this;
    const earlier = random.pick([...this.payOuts, ...this.holds.slice(-2)]);
    const { amount, quantity } = earlier;
    const hasOtherContent = random.chance(0.3) && earlier.place !== 'wanders';
    const more = hasOtherContent ? random.between(1, 9) : 0;
    // Of a charge: other units, or the same amount of no service.
    const units =
      quantity === undefined || (more > 7 && hasOtherContent) ? undefined : quantity + more;
    const other = quantity === undefined ? amount + more : amount;
    this.steps.push({
      ...earlier,
      amount: units === undefined ? other : chargedMinor(units),
      quantity: units,
      isDoubled: false,
    });
  }

  /** The last step asks two datacenters in one breath. */
  private isPaidTwice(): boolean {
    const last = this.steps.at(-1);
    return last?.does === 'pay_out' && last.isDoubled && last.place === 'wanders';
  }

  /** Of one of so many last pay-outs: a part, all of it, or too much. */
  private addRefund(among: number): void {
    const { random } = this;
    const { key: of, amount } = random.pick(this.payOuts.slice(-among));
    const roll = random.next();
    const part = roll < 0.2 ? amount : roll < 0.3 ? amount + 1 : random.between(1, amount);
    this.steps.push({ does: 'refund', of, key: random.uuid(), amount: part });
  }

  /** Different nodes, so many at least. */
  private several(least: number): number[] {
    const first = this.node();
    const count = this.random.between(least, this.nodes);
    return Array.from({ length: count }, (_, i) => ((first + i - 1) % this.nodes) + 1);
  }

  private node(): number {
    return this.random.between(1, this.nodes);
  }
}
