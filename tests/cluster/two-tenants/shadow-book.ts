import type { Cluster } from '@billing/cluster';
import { exponentOf, parseSignedAmount } from '@billing/money';

/** The second tenant: like the first in all that it says, and another. */
export const SHADOW = 'shadow';

/** A pay-in of the shadow's own, credited in the end or not. */
interface SentPayIn {
  readonly accountId: string;
  readonly minor: bigint;
}

/** The first's command id, to be sent as the shadow's once the first's pay-in is credited. */
export interface Theft {
  readonly commandId: string;
  readonly accountId: string;
  readonly send: () => Promise<void>;
}

/** What both tenants did on one cluster, by their own calls and answers, and what was wrong about it. */
export class ShadowBook {
  cluster: Cluster | undefined;
  /** The first's accounts and the shadow's beside them. */
  readonly twins = new Map<string, string>();
  /** Ids that the first was given, by what they are of. */
  readonly firsts = new Map<string, 'account' | 'payOut' | 'payIn' | 'letter'>();
  readonly own = new Set<string>();
  readonly payIns = new Map<string, SentPayIn>();
  readonly thefts = new Map<string, Theft>();
  /** The first's command ids that the shadow has used too. */
  readonly stolen = new Map<string, string>();
  repeated = 0;
  unanswered = 0;
  private readonly payOuts = new Map<string, { accountId: string; minor: bigint }>();
  private readonly keys = new Map<string, Promise<void>>();
  private readonly brought = new Map<string, bigint>();
  private readonly doubts = new Map<string, bigint>();
  private violations: string[] = [];
  private readonly running = new Set<Promise<void>>();

  violation(what: string): void {
    this.violations.push(what);
  }

  takeViolations(): string[] {
    const taken = [...new Set(this.violations)];
    this.violations = [];
    return taken;
  }

  /** Something that the first owns: nobody else may ever hear of it. */
  seeFirst(id: string, kind: 'account' | 'payOut' | 'payIn' | 'letter'): void {
    if (this.own.has(id)) this.violation(`the first tenant was shown the shadow's ${kind} ${id}`);
    else this.firsts.set(id, kind);
  }

  pair(first: string, shadow: string): void {
    this.seeFirst(first, 'account');
    if (this.firsts.has(shadow))
      this.violation(`the shadow was given the first's account ${shadow}`);
    this.twins.set(first, shadow);
    this.own.add(shadow);
  }

  bring(accountId: string, minor: bigint): void {
    this.brought.set(accountId, (this.brought.get(accountId) ?? 0n) + minor);
  }

  /** However often the same pay-out is told, it is paid once. */
  paid(accountId: string, payOutId: string, minor: bigint): void {
    if (this.firsts.has(payOutId))
      this.violation(`the shadow was answered with pay-out ${payOutId}`);
    this.own.add(payOutId);
    this.payOuts.set(payOutId, { accountId, minor });
  }

  /** It may have been done, or not. */
  doubt(accountId: string, minor: bigint): void {
    this.doubts.set(accountId, (this.doubts.get(accountId) ?? 0n) + minor);
    this.unanswered += 1;
  }

  sent(commandId: string, payIn: SentPayIn): void {
    this.own.add(commandId);
    this.payIns.set(commandId, payIn);
  }

  /** Before the shadow itself uses a key, once: whoever comes meanwhile waits for it. */
  beforeKey(key: string, work: () => Promise<void>): Promise<void> {
    const known = this.keys.get(key) ?? work();
    this.keys.set(key, known);
    return known;
  }

  /** By its own answers, without pay-ins: from so much to so much, in minor units. */
  expected(accountId: string): { least: bigint; most: bigint } {
    let most = this.brought.get(accountId) ?? 0n;
    for (const payOut of this.payOuts.values()) {
      if (payOut.accountId === accountId) most -= payOut.minor;
    }
    return { least: most - (this.doubts.get(accountId) ?? 0n), most };
  }

  /** Does it now; what fails is a call that nobody answered. */
  async act(work: () => Promise<void>): Promise<void> {
    if (this.cluster === undefined || this.cluster.isStopping) return;
    this.repeated += 1;
    const done = work().catch((error: unknown) => {
      this.unanswered += 1;
      // Nobody's outage, but a mistake of whoever repeats.
      const { name, stack } = error as Error;
      if (name === 'TypeError' || name === 'RangeError') this.violation(String(stack));
    });
    this.running.add(done);
    await done;
    this.running.delete(done);
  }

  /** The cluster is gone; ids of the next one may be the same. */
  forget(): void {
    this.cluster = undefined;
    for (const map of [this.twins, this.firsts, this.payIns, this.thefts, this.stolen]) map.clear();
    for (const map of [this.payOuts, this.brought, this.doubts]) map.clear();
    this.own.clear();
    this.keys.clear();
    [this.repeated, this.unanswered] = [0, 0];
  }

  async untilIdle(): Promise<void> {
    await Promise.all(this.running);
  }
}

/** In minor units; undefined: it is no amount of that currency. */
export function toMinor(amount: unknown, currency: unknown): bigint | undefined {
  if (exponentOf(String(currency)) === undefined) return undefined;
  const minor = parseSignedAmount(String(amount), String(currency));
  return typeof minor === 'bigint' ? minor : undefined;
}

/** Every text in an answer, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** What of the first's an answer to the shadow tells, but what the shadow said itself: in this request, or as a command id. */
export function leaksIn(book: ShadowBook, answer: unknown, said: string): string[] {
  const request = said.toLowerCase();
  return textsIn(answer).filter(
    (text) =>
      book.firsts.has(text) &&
      !book.own.has(text) &&
      !book.stolen.has(text) &&
      !request.includes(text.toLowerCase()),
  );
}
