import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

interface ProcessTimes {
  readonly parent: number;
  readonly ownTicks: number;
  /** Of children that have ended and were waited for. */
  readonly childTicks: number;
}

/** User and system time of a process so far. */
export function processorMs(pid: number): number {
  return (read(pid)?.ownTicks ?? Number.NaN) * TICK_MS;
}

/** The same of a process and its children, those that have ended included: PostgreSQL is many. */
export function familyProcessorMs(pid: number): number {
  const self = read(pid);
  if (self === undefined) return Number.NaN;
  let ticks = self.ownTicks + self.childTicks;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const times = read(Number(name));
    if (times?.parent === pid) ticks += times.ownTicks;
  }
  return ticks * TICK_MS;
}

function read(pid: number): ProcessTimes | undefined {
  try {
    // After the name, which may hold spaces; proc(5) counts the state as field 3.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').map(Number);
    return {
      parent: fields[1]!,
      ownTicks: fields[11]! + fields[12]!,
      childTicks: fields[13]! + fields[14]!,
    };
  } catch {
    return undefined;
  }
}
