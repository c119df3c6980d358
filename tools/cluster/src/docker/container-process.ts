import { appendFileSync } from 'node:fs';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import {
  exitsWithin,
  type MemberProcess,
  type ProcessExit,
  type StopSignal,
} from '../member-process.js';
import { conflict, ignoring, type Container } from './docker-runtime.js';

/** How long the last lines of a container that has ended may take to reach its log file. */
const lastLinesMs = 2_000;

/** A shell's and Docker's way to say "ended by a signal". */
const signalCodeOffset = 128;

/** One run of a container, from `docker start` to its end. */
export class ContainerProcess implements MemberProcess {
  private isEnded = false;
  readonly exited: Promise<ProcessExit>;

  private constructor(
    private readonly container: Container,
    readonly pid: number,
    readonly startedAt: Date,
    logged: Promise<void>,
  ) {
    this.exited = this.waitForEnd(logged);
  }

  /** @param sinceMs a moment after its last run and before this one: the log is followed from there */
  static async follow(
    container: Container,
    sinceMs: number,
    logFile: string,
  ): Promise<ContainerProcess> {
    const logged = followLog(container, sinceMs, logFile);
    const { State: state } = await container.inspect();
    return new ContainerProcess(container, state.Pid, new Date(sinceMs), logged);
  }

  get hasExited(): boolean {
    return this.isEnded;
  }

  async kill(): Promise<void> {
    await this.signal('SIGKILL');
    await this.exited;
  }

  async pause(): Promise<void> {
    await this.container.pause().catch(ignoring(conflict));
  }

  /** Docker calls it an error to be asked so of one that runs. */
  async resume(): Promise<void> {
    await this.wake();
  }

  async stop(
    signals: readonly StopSignal[],
    onIgnored: (signal: NodeJS.Signals, timeoutMs: number) => void,
  ): Promise<void> {
    await this.wake();
    for (const { signal, timeoutMs } of signals) {
      await this.signal(signal);
      if (await exitsWithin(this.exited, timeoutMs)) return;
      onIgnored(signal, timeoutMs);
    }
    await this.kill();
  }

  /** A paused container sees no signal but SIGKILL. */
  private async wake(): Promise<void> {
    const { State: state } = await this.container.inspect();
    if (state.Paused) await this.container.unpause().catch(ignoring(conflict));
  }

  private async signal(signal: NodeJS.Signals): Promise<void> {
    if (!this.isEnded) await this.container.kill({ signal }).catch(ignoring(conflict));
  }

  private async waitForEnd(logged: Promise<void>): Promise<ProcessExit> {
    const exit = await this.container.wait().then(
      ({ StatusCode: status }: { StatusCode: number }) => exitOf(status),
      // It was removed under us, or the Docker engine has ended: it does not run any more.
      () => ({ code: null, signal: null }),
    );
    // Whoever hears of the end reads the log: it is whole by then.
    await exitsWithin(
      logged.then(() => exit),
      lastLinesMs,
    );
    this.isEnded = true;
    return exit;
  }
}

function exitOf(status: number): ProcessExit {
  const ended = Object.entries(constants.signals).find(
    ([, number]) => number === status - signalCodeOffset,
  );
  return ended
    ? { code: null, signal: ended[0] as NodeJS.Signals }
    : { code: status, signal: null };
}

/** Both channels as they come; ends with the run. A log that breaks off is no failure of the member. */
async function followLog(container: Container, sinceMs: number, logFile: string): Promise<void> {
  const since = sinceMs / 1_000;
  const lines = new PassThrough();
  lines.on('data', (chunk: Buffer) => append(logFile, chunk));
  try {
    const followed = await container.logs({ follow: true, stdout: true, stderr: true, since });
    container.modem.demuxStream(followed, lines, lines);
    await finished(followed);
  } catch {
    lines.end();
  }
}

function append(logFile: string, chunk: Buffer): void {
  try {
    appendFileSync(logFile, chunk);
  } catch (error) {
    // The home goes with its cluster; what is still on its way then is of no use.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
