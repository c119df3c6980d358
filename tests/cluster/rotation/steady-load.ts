import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { askOverTls } from '../gateway/tls-client.js';

export interface SteadyLoadParts {
  readonly accountIds: readonly bigint[];
  readonly gatewayUrls: readonly string[];
  /** Of whom the gateways' certificates are now. */
  readonly caFile: string;
  readonly signToken: () => Promise<string>;
}

interface Operation {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

const CLIENTS = 6;
const PAY_IN = 5n;
/** More than what is paid in: the local part is used up, and pay-outs drain. */
const PAY_OUT = 30n;
const OPERATION_DEADLINE_MS = 15_000;
const AGAIN_MS = 50;

/**
 * Clients of two gateways, as a load balancer and an SDK have them: a connection for every request, the other gateway where one
 * refuses or ends it, the same request again where the answer says that it may be.
 */
export class SteadyLoad {
  readonly failures: string[] = [];
  /** Requests that were sent again, by why. */
  readonly again = new Map<string, number>();
  done = 0;
  private readonly expected = new Map<bigint, bigint>();
  private isOver = false;
  private clients: Promise<void>[] = [];

  constructor(private readonly parts: SteadyLoadParts) {}

  start(): void {
    this.clients = Array.from({ length: CLIENTS }, (_, index) => this.act(index));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
  }

  /** In minor units: what was paid in less what was paid out. */
  change(accountId: bigint): bigint {
    return this.expected.get(accountId) ?? 0n;
  }

  private async act(index: number): Promise<void> {
    for (let turn = index; !this.isOver; turn += 1) {
      const accountId = this.parts.accountIds[turn % this.parts.accountIds.length]!;
      const isPayIn = turn % 3 === 0;
      const operation = isPayIn ? payIn(accountId) : payOut(accountId);
      const failure = await this.perform(operation, turn);
      if (failure === undefined) {
        this.done += 1;
        const change = isPayIn ? PAY_IN : -PAY_OUT;
        this.expected.set(accountId, this.change(accountId) + change);
      } else this.failures.push(`${operation.path}: ${failure}`);
      await sleep(10);
    }
  }

  /** Why it failed, or undefined. */
  private async perform(operation: Operation, turn: number): Promise<string | undefined> {
    const untilMs = performance.now() + OPERATION_DEADLINE_MS;
    for (let tries = 0; ; tries += 1) {
      const heard = await this.ask(operation, turn + tries);
      if (heard === undefined) return undefined;
      if (!heard.mayAgain || performance.now() > untilMs)
        return `${heard.why}, after ${tries} more`;
      this.again.set(heard.why, (this.again.get(heard.why) ?? 0) + 1);
      await sleep(AGAIN_MS);
    }
  }

  private async ask(
    { path, body, headers }: Operation,
    which: number,
  ): Promise<{ readonly why: string; readonly mayAgain: boolean } | undefined> {
    const url = this.parts.gatewayUrls[which % this.parts.gatewayUrls.length]!;
    const ca = readFileSync(this.parts.caFile, 'utf8');
    const token = await this.parts.signToken();
    try {
      const all = { ca, method: 'POST', token, body, headers };
      const { status, text } = await askOverTls(url + path, all);
      if (status < 300) return undefined;
      const said = JSON.parse(text) as { type: string; retryable?: boolean };
      const why = `${status} ${said.type.split('/').at(-1)}`;
      return { why, mayAgain: said.retryable === true };
    } catch (error) {
      const { code } = error as { code?: string };
      // What a balancer meets at a gateway that has just been told to stop.
      const mayAgain = code === 'ECONNREFUSED' || code === 'ECONNRESET';
      return { why: code ?? String(error), mayAgain };
    }
  }
}

const amountOf = (minor: bigint): string =>
  `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;

function payIn(accountId: bigint): Operation {
  const body = { commandId: randomUUID(), accountId: String(accountId), amount: amountOf(PAY_IN) };
  return { path: '/v1/pay-ins', body: { ...body, currency: 'USD' }, headers: {} };
}

function payOut(accountId: bigint): Operation {
  const body = { accountId: String(accountId), amount: amountOf(PAY_OUT), currency: 'USD' };
  return { path: '/v1/pay-outs', body, headers: { 'idempotency-key': randomUUID() } };
}
