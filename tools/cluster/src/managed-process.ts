import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ClusterError } from './cluster-error.js';
import { exitsWithin, type ProcessExit, type StopSignal } from './member-process.js';
import {
  identify,
  isSameProcessAlive,
  signalProcess,
  waitUntilGone,
  type ProcessIdentity,
} from './process-table.js';

export interface ProcessCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The OS user to run as, when it is not ours. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * One child process that writes straight to its log file and is remembered in a pid file, so that
 * a supervisor that comes after a killed one can find it.
 */
export class ManagedProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly identity: ProcessIdentity,
    readonly exited: Promise<ProcessExit>,
    readonly startedAt: Date,
  ) {}

  static async start(
    command: ProcessCommand,
    logFile: string,
    pidFile: string,
  ): Promise<ManagedProcess> {
    const log = openSync(logFile, 'a', 0o644);
    try {
      const child = spawn(command.file, [...command.args], {
        cwd: command.cwd,
        env: { ...command.env },
        stdio: ['ignore', log, log],
        // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which then
        // stops the members in order.
        detached: true,
        ...command.owner,
      });
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', (error) =>
          reject(
            new ClusterError('MEMBER_FAILED', `cannot run ${command.file}: ${error.message}`, {
              cause: error,
            }),
          ),
        );
      });
      const exited = new Promise<ProcessExit>((resolve) => {
        child.once('exit', (code, signal) => {
          rmSync(pidFile, { force: true });
          resolve({ code, signal });
        });
      });
      const identity = identify(child.pid!) ?? { pid: child.pid!, startTicks: '' };
      writeFileSync(pidFile, `${JSON.stringify(identity)}\n`, { mode: 0o600 });
      return new ManagedProcess(child, identity, exited, new Date());
    } finally {
      closeSync(log);
    }
  }

  get pid(): number {
    return this.identity.pid;
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.hasExited) this.child.kill(signal);
  }

  /** Each signal in turn, with the time it is given; SIGKILL ends the list. */
  async stop(
    signals: readonly StopSignal[],
    onIgnored: (signal: NodeJS.Signals, timeoutMs: number) => void = () => undefined,
  ): Promise<void> {
    for (const { signal, timeoutMs } of signals) {
      this.signal(signal);
      // A paused process would not see its signal.
      this.signal('SIGCONT');
      if (await exitsWithin(this.exited, timeoutMs)) return;
      onIgnored(signal, timeoutMs);
    }
    this.signal('SIGKILL');
    await this.exited;
  }
}

export function readPidFile(pidFile: string): ProcessIdentity | undefined {
  try {
    const identity = JSON.parse(readFileSync(pidFile, 'utf8')) as ProcessIdentity;
    return isSameProcessAlive(identity) ? identity : undefined;
  } catch {
    return undefined;
  }
}

/** Ends what a killed supervisor left behind; the start time keeps us off a reused process id. */
export async function stopLeftovers(
  leftovers: readonly ProcessIdentity[],
  firstSignal: NodeJS.Signals,
  timeoutMs: number,
): Promise<void> {
  for (const leftover of leftovers) {
    signalProcess(leftover, firstSignal);
    signalProcess(leftover, 'SIGCONT');
  }
  if (await waitUntilGone(leftovers, timeoutMs)) return;
  for (const leftover of leftovers) signalProcess(leftover, 'SIGKILL');
  if (await waitUntilGone(leftovers, 5_000)) return;
  const pids = leftovers.filter(isSameProcessAlive).map(({ pid }) => pid);
  throw new ClusterError('MEMBER_FAILED', `processes ${pids.join(', ')} do not end on SIGKILL`);
}
