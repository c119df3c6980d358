import type { PartStatus } from '../member.js';

export function formatDuration(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** One line per part, in the order of datacenters; numbers stand to the right. */
export function formatStatus(parts: readonly PartStatus[]): string {
  const header = ['part', 'state', 'pid', 'port', 'uptime', 'restarts'];
  const rows = parts.map((part) => [
    part.name,
    part.state,
    part.pid === undefined ? '-' : String(part.pid),
    String(part.port),
    part.uptimeMs === undefined ? '-' : formatDuration(part.uptimeMs),
    String(part.restarts),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const toTheLeft = 2;
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column < toTheLeft ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}
