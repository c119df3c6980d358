import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './cluster-error.js';
import { isAlive } from './process-table.js';

// Below Linux's ephemeral range (32768 and up), so that no outgoing connection can take a port
// between the moment it is found free and the moment its server binds it.
const freePortMin = 20_000;
const freePortMax = 32_000;
const freePortTriesMax = 2_000;

export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Where our own questions come from: each of them holds a port of its address for a minute, and
 * on 127.0.0.1 that might be the very port that a member needs next.
 */
export function pollingAddress(host: string): { localAddress?: string } {
  return host === '127.0.0.1' ? { localAddress: '127.0.0.2' } : {};
}

/** Test files run at the same time; a port reserved here belongs to this process until it ends. */
function reservePort(port: number): boolean {
  const folder = join(tmpdir(), `geo-billing-ports-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, String(port));
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const fd = openSync(file, 'wx', 0o600);
      writeSync(fd, String(process.pid));
      closeSync(fd);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number(readFileSync(file, 'utf8'));
      if (owner > 0 && isAlive(owner)) return false;
      rmSync(file, { force: true });
    }
  }
  return false;
}

export async function findFreePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count; tries++) {
    if (tries >= freePortTriesMax) {
      throw new ClusterError('PORT_IN_USE', `no ${count} free ports between 20000 and 32000`);
    }
    const port = freePortMin + Math.floor(Math.random() * (freePortMax - freePortMin));
    if (found.includes(port) || !reservePort(port)) continue;
    if (await isPortFree(port)) found.push(port);
  }
  return found;
}

/** "postgres (pid 12)" for the process that listens on the port, as far as /proc lets us see it. */
export function portOwner(port: number): string | undefined {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
        const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
        if (inode !== undefined && inodes.has(inode)) {
          return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`;
        }
      }
    } catch {
      // The process ended meanwhile, or is another user's: the next one may be ours to see.
    }
  }
  return undefined;
}

function listeningInodes(port: number): Set<string> {
  const inodes = new Set<string>();
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readTable(table)) {
      const fields = line.trim().split(/\s+/);
      const listens = fields[3] === '0A';
      if (listens && fields[1]?.endsWith(`:${hexPort}`) && fields[9]) inodes.add(fields[9]);
    }
  }
  return inodes;
}

function readTable(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

export interface PortWait {
  readonly log?: (line: string) => void;
  /** Ends the wait early. */
  readonly isGivenUp?: () => boolean;
}

// How long the kernel keeps a closed connection's port (TIME_WAIT), and a little more.
const transientWaitMs = 65_000;
const transientPollMs = 250;

/**
 * A port that somebody listens on is refused at once. Some of ours (39092, 50051) lie where Linux
 * takes ports for outgoing connections: one that is held without a listener is such a connection,
 * mostly one that has just ended, and is waited for.
 */
export async function assertPortFree(
  port: number,
  usedFor: string,
  { log, isGivenUp }: PortWait = {},
): Promise<void> {
  if (await isPortFree(port)) return;
  const deadline = Date.now() + transientWaitMs;
  if (listeningInodes(port).size === 0) {
    log?.(`port ${port}, wanted for ${usedFor}, is held by an outgoing connection: waiting for it`);
    while (Date.now() < deadline && !isGivenUp?.() && listeningInodes(port).size === 0) {
      await sleep(transientPollMs);
      if (await isPortFree(port)) return;
    }
  }
  const isHeldByConnection = listeningInodes(port).size === 0;
  const who =
    portOwner(port) ?? (isHeldByConnection ? 'an outgoing connection' : 'another process');
  const what = isHeldByConnection
    ? `try again, or keep it free: sysctl -w net.ipv4.ip_local_reserved_ports=${port}`
    : 'stop it and try again';
  throw new ClusterError(
    'PORT_IN_USE',
    `port ${port}, wanted for ${usedFor}, is in use by ${who}: ${what}`,
  );
}
