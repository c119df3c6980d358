import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError, diskFull } from './cluster-error.js';
import { lastLines } from './log-file.js';
import type { MemberLauncher, MemberProcess, ProcessExit, StopSignal } from './member-process.js';
import { assertPortFree } from './ports.js';
import { describeProcess } from './process-table.js';

export const memberKinds = [
  'postgres',
  'kafka',
  'ledger-worker',
  'coordinator',
  'gateway',
] as const;
export type MemberKind = (typeof memberKinds)[number];
export const appKinds = ['ledger-worker', 'coordinator', 'gateway'] as const;
export type AppKind = (typeof appKinds)[number];

export function isAppKind(kind: MemberKind): kind is AppKind {
  return (appKinds as readonly MemberKind[]).includes(kind);
}

/** What apps need before they start. */
export function isStore({ spec }: Member): boolean {
  return !isAppKind(spec.kind);
}

/**
 * stopped  → starting   by start
 * starting → running    when ready; → waiting when it ended
 * running  → waiting    when it ended by itself and restarts are on; → stopped when they are off
 * waiting  → starting   after the back-off, again and again
 * starting → failed     a first start that ended, or was not ready in time: nobody asked for another
 * any      → stopping → stopped   by stop
 * running  ⇄ paused     by pause and resume
 */
export type MemberState =
  'stopped' | 'starting' | 'running' | 'paused' | 'waiting' | 'stopping' | 'failed';

/** What one kind of member knows about itself; `Member` does the rest the same way for all, on both engines. */
export interface MemberSpec {
  readonly kind: MemberKind;
  readonly nodeId: number;
  readonly name: string;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly logFile: string;
  readonly launcher: MemberLauncher;
  readonly stopSignals: readonly StopSignal[];
  readonly readyTimeoutMs: number;
  prepare(): Promise<void>;
  isReady(running: MemberProcess): Promise<boolean>;
  /** The last that was heard of it when it was not ready. */
  lastHeard?(): string;
  afterReady(): Promise<void>;
}

export interface RestartPolicy {
  readonly delayMinMs: number;
  /** The pause has a bound, the number of tries has none: what ends a member may last for hours. */
  readonly delayMaxMs: number;
  /** A member that ran this long is well again: its tries count from zero. */
  readonly healthyAfterMs: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  delayMinMs: 250,
  delayMaxMs: 10_000,
  healthyAfterMs: 30_000,
};

export interface MemberStatus {
  readonly name: string;
  readonly kind: MemberKind;
  readonly nodeId: number;
  readonly state: MemberState;
  readonly pid: number | undefined;
  readonly port: number;
  readonly uptimeMs: number | undefined;
  /** From its last start until it was ready. */
  readonly readyAfterMs: number | undefined;
  readonly restarts: number;
}

const readyPollMs = 25;

export class Member {
  private state: MemberState = 'stopped';
  private process: MemberProcess | undefined;
  private readyAfterMs: number | undefined;
  private restarts = 0;
  private tries = 0;
  private restartTimer: NodeJS.Timeout | undefined;
  /** Starts and stops of one member never overlap. */
  private queue: Promise<unknown> = Promise.resolve();
  private stopWanted = false;
  private killed: MemberProcess | undefined;
  /** How it has ended, if neither `stop` nor `kill` ended it. */
  private endedAs: string | undefined;

  constructor(
    readonly spec: MemberSpec,
    private readonly restart: RestartPolicy | undefined,
    private readonly log: (line: string) => void,
  ) {}

  status(): MemberStatus {
    const process_ = this.process?.hasExited ? undefined : this.process;
    return {
      name: this.spec.name,
      kind: this.spec.kind,
      nodeId: this.spec.nodeId,
      state: this.state,
      pid: process_?.pid,
      port: this.spec.ports[0]!.port,
      uptimeMs: process_ && Date.now() - process_.startedAt.getTime(),
      readyAfterMs: this.readyAfterMs,
      restarts: this.restarts,
    };
  }

  start(): Promise<void> {
    this.stopWanted = false;
    this.tries = 0;
    return this.enqueue(async () => {
      if (this.process && !this.process.hasExited) return;
      this.cancelRestart();
      try {
        await this.launch();
      } catch (error) {
        this.state = 'failed';
        throw error;
      }
    });
  }

  stop(): Promise<void> {
    this.stopWanted = true;
    this.cancelRestart();
    return this.enqueue(async () => {
      this.cancelRestart();
      await this.endProcess();
      this.state = 'stopped';
    });
  }

  /** SIGKILL, children too; resolves when they are gone. With restarts on it then comes back. */
  async kill(): Promise<void> {
    const running = this.process;
    if (!running || running.hasExited) return;
    this.killed = running;
    await running.kill();
  }

  async pause(): Promise<void> {
    await this.requireRunning('pause').pause();
    this.state = 'paused';
  }

  async resume(): Promise<void> {
    await this.requireRunning('resume').resume();
    this.state = 'running';
  }

  private requireRunning(verb: string): MemberProcess {
    if (this.process && !this.process.hasExited) return this.process;
    // Nobody has ended it: whoever wants something of it is to hear why.
    if (this.endedAs !== undefined) throw this.failure(`ended by itself (${this.endedAs})`);
    throw new ClusterError('BAD_REQUEST', `cannot ${verb} ${this.spec.name}: it is ${this.state}`);
  }

  private enqueue<T>(step: () => Promise<T>): Promise<T> {
    const result = this.queue.then(step);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async launch(isRestart = false): Promise<void> {
    this.state = 'starting';
    const startedMs = performance.now();
    this.readyAfterMs = undefined;
    await this.clearLeftovers();
    await this.assertPortsFree();
    await this.spec.prepare();
    const started = await this.spec.launcher.launch();
    this.process = started;
    this.endedAs = undefined;
    void started.exited.then((exit) => this.onExit(started, exit));
    try {
      await this.waitUntilReady(started, isRestart);
      await this.spec.afterReady();
      if (started.hasExited) throw this.failure('ended as soon as it was ready');
    } catch (error) {
      await this.endProcess();
      throw error;
    }
    this.readyAfterMs = performance.now() - startedMs;
    this.state = 'running';
  }

  /** Ends what a supervisor that was killed left of this member. */
  clearLeftovers(): Promise<void> {
    const { launcher, stopSignals, name } = this.spec;
    return launcher.clearLeftovers(stopSignals, (line) => this.log(`${name}: ${line}`));
  }

  async assertPortsFree(): Promise<void> {
    if (this.process && !this.process.hasExited) return;
    for (const { name, port } of this.spec.ports) {
      await assertPortFree(port, `${this.spec.name} (${name})`, {
        log: this.log,
        isGivenUp: () => this.stopWanted,
      });
    }
  }

  /**
   * Somebody waits for a first start, so it fails in time. Whoever has come back by itself may take as long
   * as recovery or an outage does: to end it would only make it begin anew.
   */
  private async waitUntilReady(started: MemberProcess, isRestart: boolean): Promise<void> {
    const { name, readyTimeoutMs } = this.spec;
    let deadline = Date.now() + readyTimeoutMs;
    while (!(await this.spec.isReady(started))) {
      if (started.hasExited) throw this.failure('ended before it was ready');
      if (this.stopWanted) throw this.failure('was stopped before it was ready');
      if (Date.now() >= deadline) {
        const seconds = readyTimeoutMs / 1000;
        const known = this.describeLate(started);
        if (!isRestart) throw this.failure(`was not ready within ${seconds} s (${known})`);
        this.log(
          `${name} is not ready after ${seconds} s; it runs, so it is left to wait (${known})`,
        );
        deadline = Date.now() + readyTimeoutMs;
      }
      await sleep(readyPollMs);
    }
  }

  private describeLate(started: MemberProcess): string {
    const heard = this.spec.lastHeard?.();
    return [describeProcess(started.pid), ...(heard === undefined ? [] : [heard])].join('; ');
  }

  private failure(what: string): ClusterError {
    const tail = lastLines(this.spec.logFile, 12);
    const message = `${this.spec.name} ${what}; the end of ${this.spec.logFile}:\n${tail}`;
    return diskFull(tail, this.spec.name) ?? new ClusterError('MEMBER_FAILED', message);
  }

  private async endProcess(): Promise<void> {
    const running = this.process;
    if (!running || running.hasExited) return;
    this.state = 'stopping';
    await running.stop(this.spec.stopSignals, (signal, timeoutMs) =>
      this.log(`${this.spec.name} did not end within ${timeoutMs / 1000} s of ${signal}`),
    );
  }

  private onExit(ended: MemberProcess, exit: ProcessExit): void {
    if (ended !== this.process || this.state === 'stopping' || this.state === 'starting') return;
    this.state = 'stopped';
    if (this.stopWanted) return;
    const how = exit.signal ?? `code ${exit.code}`;
    if (this.killed !== ended) this.endedAs = how;
    if (!this.restart) return;
    if (Date.now() - ended.startedAt.getTime() >= this.restart.healthyAfterMs) this.tries = 0;
    this.scheduleRestart(`ended (${how})`);
  }

  private scheduleRestart(why: string): void {
    const policy = this.restart!;
    const delayMs = Math.min(policy.delayMinMs * 2 ** this.tries, policy.delayMaxMs);
    this.tries += 1;
    this.state = 'waiting';
    this.log(`${this.spec.name} ${why}; starting it again in ${delayMs} ms`);
    this.restartTimer = setTimeout(() => void this.restartNow(), delayMs);
  }

  private restartNow(): Promise<void> {
    return this.enqueue(async () => {
      if (this.stopWanted || (this.process && !this.process.hasExited)) return;
      try {
        await this.launch(true);
        this.restarts += 1;
        this.log(`${this.spec.name} runs again (pid ${this.process!.pid})`);
      } catch (error) {
        this.state = 'stopped';
        const reason = (error as Error).message.split('\n')[0];
        if (!this.stopWanted) this.scheduleRestart(`did not come back: ${reason}`);
      }
    });
  }

  private cancelRestart(): void {
    clearTimeout(this.restartTimer);
    this.restartTimer = undefined;
  }
}
