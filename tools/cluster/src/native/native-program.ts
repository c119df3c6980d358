import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { joinedChannels, type Program, type ProgramRun } from '../program.js';

export async function runNativeProgram(program: Program, path: string): Promise<ProgramRun> {
  const [file, ...args] = joinedChannels(program) as [string, ...string[]];
  const child = spawn(file, args, {
    cwd: program.cwd,
    env: { PATH: path, LANG: 'C.UTF-8', ...program.env },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const end = (): void => {
    // The group: a shell and the programs that it waits for.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  const timer = setTimeout(end, program.timeoutMs);
  program.signal?.addEventListener('abort', end, { once: true });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    program.onOutput?.(chunk);
  });
  child.stdin.on('error', () => undefined); // psql that stops at an error reads no further
  child.stdin.end(program.input ?? '');
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output: Buffer.concat(chunks).toString('utf8') };
  } finally {
    clearTimeout(timer);
    program.signal?.removeEventListener('abort', end);
  }
}
