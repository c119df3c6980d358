import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const gonePollMs = 20;

/** A process id alone may be used again; with the start time it names one process for good. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
}

interface ProcessRow extends ProcessIdentity {
  readonly parentPid: number;
  readonly state: string;
  readonly processorMs: number;
}

/** Of /proc/<pid>/stat: Linux reports them to everybody as hundredths of a second. */
const MS_PER_TICK = 10;

function readRow(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, in parentheses, may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      state: fields[0] ?? '',
      parentPid: Number(fields[1]),
      processorMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
      startTicks: fields[19] ?? '',
    };
  } catch {
    return undefined;
  }
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

export function identify(pid: number): ProcessIdentity | undefined {
  const row = readRow(pid);
  return row && { pid, startTicks: row.startTicks };
}

/** What a process that is late has been doing: whether it works, waits, or has not had its turn. */
export function describeProcess(pid: number): string {
  const row = readRow(pid);
  if (row === undefined) return `process ${pid} is gone`;
  const load = loadavg()[0]!.toFixed(1);
  return `process ${pid} (state ${row.state}) has had ${row.processorMs} ms of processor time; load ${load}`;
}

/** A zombie has ended: it only waits for its parent to ask how. */
export function isAlive(pid: number): boolean {
  const row = readRow(pid);
  return row !== undefined && row.state !== 'Z' && row.state !== 'X';
}

export function isSameProcessAlive(process: ProcessIdentity): boolean {
  return isAlive(process.pid) && identify(process.pid)?.startTicks === process.startTicks;
}

export function childrenOf(parentPid: number): ProcessIdentity[] {
  return allPids()
    .map(readRow)
    .filter((row): row is ProcessRow => row !== undefined && row.parentPid === parentPid)
    .map(({ pid, startTicks }) => ({ pid, startTicks }));
}

/**
 * Every process that works in the folder. PostgreSQL's postmaster and all its backends do so in
 * their data folder, which finds backends whose postmaster was killed.
 */
export function processesWorkingIn(folder: string): ProcessIdentity[] {
  return allPids()
    .filter((pid) => workingFolder(pid) === folder && isAlive(pid))
    .map(identify)
    .filter((process): process is ProcessIdentity => process !== undefined);
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

export function signalProcess(process_: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isSameProcessAlive(process_)) return;
  try {
    process.kill(process_.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** True when all have ended within the limit. */
export async function waitUntilGone(
  processes: readonly ProcessIdentity[],
  timeoutMs: number,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (processes.some(isSameProcessAlive)) {
    if (Date.now() >= deadline) return false;
    await sleep(gonePollMs);
  }
  return true;
}
