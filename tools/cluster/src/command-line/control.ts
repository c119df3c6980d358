import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterError, type ClusterErrorCode } from '../cluster-error.js';

export interface ControlRequest {
  readonly verb: string;
  readonly target?: string | undefined;
}

export type ControlAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: ClusterErrorCode; readonly text: string };

/** Linux holds a socket's path in 108 bytes, the last of them zero. */
const socketPathBytesMax = 107;
const lineLengthMax = 100_000;

/** In the home, which only its owner can write to; for a long path, in a folder of our own. */
export function controlSocketPath(home: string): string {
  const inHome = join(home, 'run', 'control.sock');
  if (Buffer.byteLength(inHome) <= socketPathBytesMax) return inHome;
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `geo-billing-control-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
    throw new ClusterError('NO_PERMISSION', `${folder} is not yours alone: remove it`);
  }
  return join(folder, `${hash}.sock`);
}

/** One request and one answer per connection, a line of JSON each. */
export async function serveControl(
  home: string,
  answer: (request: ControlRequest) => Promise<string>,
): Promise<Server> {
  const path = controlSocketPath(home);
  // Ours by the lock on the home: a socket that is there already was left by a killed supervisor.
  if (existsSync(path)) rmSync(path);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    void answerOne(socket, answer);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

async function answerOne(
  socket: Socket,
  answer: (request: ControlRequest) => Promise<string>,
): Promise<void> {
  let result: ControlAnswer;
  try {
    const request = JSON.parse(await readLine(socket)) as ControlRequest;
    result = { ok: true, text: await answer(request) };
  } catch (error) {
    const code = error instanceof ClusterError ? error.code : 'MEMBER_FAILED';
    result = { ok: false, code, text: (error as Error).message };
  }
  socket.end(`${JSON.stringify(result)}\n`);
}

function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      received += chunk;
      const end = received.indexOf('\n');
      if (end >= 0) resolve(received.slice(0, end));
      else if (received.length > lineLengthMax) socket.destroy(new Error('the line is too long'));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection ended too early')));
  });
}

export async function askSupervisor(home: string, request: ControlRequest): Promise<string> {
  const socket = connect(controlSocketPath(home));
  socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
  const line = await readLine(socket).catch((error: NodeJS.ErrnoException) => {
    const isAbsent = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
    if (!isAbsent) throw error;
    throw new ClusterError('NOT_RUNNING', `no cluster is running in ${home}: npm start`);
  });
  socket.destroy();
  const answer = JSON.parse(line) as ControlAnswer;
  if (!answer.ok) throw new ClusterError(answer.code, answer.text);
  return answer.text;
}
