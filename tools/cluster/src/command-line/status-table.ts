import type { MemberStatus } from '../member.js';
import { formatTable, toTheRight } from './table.js';

export function formatDuration(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** One line per member, in the order of datacenters. */
export function formatStatus(members: readonly MemberStatus[]): string {
  const numbers = ['pid', 'port', 'uptime', 'restarts'].map(toTheRight);
  const rows = members.map((member) => [
    member.name,
    member.state,
    member.pid === undefined ? '-' : String(member.pid),
    String(member.port),
    member.uptimeMs === undefined ? '-' : formatDuration(member.uptimeMs),
    String(member.restarts),
  ]);
  return formatTable(['part', 'state', ...numbers], rows).join('\n');
}
