import {
  ManagedProcess,
  readPidFile,
  stopLeftovers,
  type ProcessCommand,
} from '../managed-process.js';
import type { MemberLauncher, MemberProcess, ProcessExit, StopSignal } from '../member-process.js';
import {
  childrenOf,
  processesWorkingIn,
  signalProcess,
  type ProcessIdentity,
} from '../process-table.js';

export interface NativeLauncherInput {
  readonly command: () => ProcessCommand;
  readonly logFile: string;
  readonly pidFile: string;
  /** Set where children outlive their parent: every process that works in this folder is ours. */
  readonly workingFolder?: string;
}

/** Runs a member as a process of this machine. */
export class NativeLauncher implements MemberLauncher {
  constructor(private readonly input: NativeLauncherInput) {}

  async launch(): Promise<MemberProcess> {
    const { command, logFile, pidFile, workingFolder } = this.input;
    const started = await ManagedProcess.start(command(), logFile, pidFile);
    return new NativeProcess(started, workingFolder);
  }

  async clearLeftovers(signals: readonly StopSignal[], log: (line: string) => void): Promise<void> {
    const { pidFile, workingFolder } = this.input;
    const main = readPidFile(pidFile);
    const first = signals[0]!;
    if (main) {
      log(`stopping process ${main.pid}, left by an earlier run`);
      await stopLeftovers([main], first.signal, first.timeoutMs);
    }
    if (!workingFolder) return;
    await stopLeftovers(processesWorkingIn(workingFolder), 'SIGQUIT', 3_000);
  }
}

/** A process and its family, which does not always end with it. */
class NativeProcess implements MemberProcess {
  constructor(
    private readonly main: ManagedProcess,
    private readonly workingFolder: string | undefined,
  ) {}

  get pid(): number {
    return this.main.pid;
  }

  get startedAt(): Date {
    return this.main.startedAt;
  }

  get hasExited(): boolean {
    return this.main.hasExited;
  }

  get exited(): Promise<ProcessExit> {
    return this.main.exited;
  }

  async kill(): Promise<void> {
    const family = this.family();
    // The parent first, or it would see its child crash and act on that.
    this.main.signal('SIGKILL');
    await this.main.exited;
    await stopLeftovers(family, 'SIGKILL', 5_000);
  }

  async pause(): Promise<void> {
    this.main.signal('SIGSTOP');
    for (const relative of this.family()) signalProcess(relative, 'SIGSTOP');
  }

  async resume(): Promise<void> {
    for (const relative of this.family()) signalProcess(relative, 'SIGCONT');
    this.main.signal('SIGCONT');
  }

  async stop(
    signals: readonly StopSignal[],
    onIgnored: (signal: NodeJS.Signals, timeoutMs: number) => void,
  ): Promise<void> {
    const family = this.family();
    // Relatives of a paused process must wake up to see their end.
    for (const relative of family) signalProcess(relative, 'SIGCONT');
    await this.main.stop(signals, onIgnored);
    await stopLeftovers(family, 'SIGQUIT', 1_000);
  }

  private family(): ProcessIdentity[] {
    const found = childrenOf(this.pid);
    if (this.workingFolder) found.push(...processesWorkingIn(this.workingFolder));
    return found.filter(({ pid }) => pid !== this.pid);
  }
}
