import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;
const ENDED = 'ended meanwhile';

export interface NamedTime {
  /** The same process or thread as long as both readings have it. */
  readonly id: string;
  readonly name: string;
  readonly processorMs: number;
}

interface ProcessTimes {
  readonly name: string;
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
  const times = familyTimes(pid);
  return times.length === 0 ? Number.NaN : times.reduce((ms, one) => ms + one.processorMs, 0);
}

/** A process and its children one by one, by the title that PostgreSQL gives them; the ended ones together. */
export function familyTimes(pid: number): NamedTime[] {
  const self = read(pid);
  if (self === undefined) return [];
  const children = listIds('/proc').filter((child) => read(child)?.parent === pid);
  return [
    ...[pid, ...children].map((member) => ({
      id: String(member),
      name: titleOf(member),
      processorMs: (read(member)?.ownTicks ?? 0) * TICK_MS,
    })),
    { id: `${pid} ended`, name: ENDED, processorMs: self.childTicks * TICK_MS },
  ];
}

/**
 * What was spent between two readings of the same processes. What a process that has ended meanwhile had spent before
 * is no part of it, though its parent counts it as its own from then on.
 */
export function spentBetween(
  before: readonly NamedTime[],
  after: readonly NamedTime[],
): NamedTime[] {
  const known = new Map(before.map((time) => [time.id, time]));
  const spent = after.map((time) => {
    const earlier = known.get(time.id);
    known.delete(time.id);
    return { ...time, processorMs: time.processorMs - (earlier?.processorMs ?? 0) };
  });
  const gone = [...known.values()].map((time) => ({
    ...time,
    name: ENDED,
    processorMs: -time.processorMs,
  }));
  return [...spent, ...gone];
}

/** What a process of PostgreSQL is there for, by its title. A backend belongs to the role that it lets in. */
export function backendKind(title: string): string {
  const what = title.replace(/^postgres: (?:dc\d+-\w+: )?/, '');
  if (what.startsWith('walsender')) return 'walsenders';
  if (what.startsWith('pglogical apply')) return 'pglogical apply';
  if (/^(?:checkpointer|walwriter|background writer)/.test(what)) return 'checkpointer and writers';
  if (what.startsWith('autovacuum')) return 'autovacuum';
  const role = /^(\w+) \w+ (?:\d+\.\d+\.\d+\.\d+\(\d+\)|\[local\])/.exec(what)?.[1];
  if (role !== undefined) return `backends of ${role}`;
  return what === ENDED ? ENDED : 'others';
}

/** The threads of a process, by their names. */
export function threadTimes(pid: number): NamedTime[] {
  return listIds(`/proc/${pid}/task`).map((thread) => {
    const times = read(thread, `/proc/${pid}/task/${thread}/stat`);
    return {
      id: `${pid}/${thread}`,
      name: times?.name ?? 'ended',
      processorMs: (times?.ownTicks ?? 0) * TICK_MS,
    };
  });
}

function listIds(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return 'ended';
  }
}

function read(pid: number, file = `/proc/${pid}/stat`): ProcessTimes | undefined {
  try {
    const stat = readFileSync(file, 'utf8');
    // After the name, which may hold spaces and parentheses; proc(5) counts the state as field 3.
    const nameEnd = stat.lastIndexOf(')');
    const fields = stat
      .slice(nameEnd + 2)
      .split(' ')
      .map(Number);
    return {
      name: stat.slice(stat.indexOf('(') + 1, nameEnd),
      parent: fields[1]!,
      ownTicks: fields[11]! + fields[12]!,
      childTicks: fields[13]! + fields[14]!,
    };
  } catch {
    return undefined;
  }
}
