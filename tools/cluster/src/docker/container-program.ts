import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { joinedChannels, type Program, type ProgramRun } from '../program.js';
import type { Container } from './docker-runtime.js';

/** Between SIGTERM and SIGKILL of a program whose time is up. */
const patienceSeconds = 1;

/** `docker exec`: the program's input is piped in, its timeout is kept inside the container. */
export async function runInContainer(
  container: Container,
  program: Omit<Program, 'cwd' | 'signal'> & { readonly cwd?: string },
): Promise<ProgramRun> {
  const limit = ['timeout', '-k', `${patienceSeconds}`, `${program.timeoutMs / 1_000}`];
  const exec = await container.exec({
    Cmd: [...limit, ...joinedChannels(program)],
    Env: Object.entries(program.env).map(([name, value]) => `${name}=${value}`),
    ...(program.cwd !== undefined && { WorkingDir: program.cwd }),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const chunks: Buffer[] = [];
  const said = new PassThrough();
  said.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    program.onOutput?.(chunk);
  });
  container.modem.demuxStream(stream, said, said);
  stream.end(program.input ?? '');
  await finished(stream, { writable: false });
  said.end();
  await finished(said);
  const { ExitCode: code } = await exec.inspect();
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}
