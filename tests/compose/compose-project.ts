import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface CommandRun {
  readonly code: number | null;
  /** Both channels, in order of arrival. */
  readonly output: string;
}

const clone = fileURLToPath(new URL('../..', import.meta.url));
const files = ['-f', 'docker-compose.yml', '-f', 'tests/compose/free-ports.yml'];

/** `docker …`, from the top of the repository. */
export async function docker(args: readonly string[], timeoutMs = 60_000): Promise<CommandRun> {
  const child = spawn('docker', [...args], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}

/** docker-compose.yml as a project of its own, on free ports, with volumes that `destroy` removes. */
export class ComposeProject {
  readonly name = `billing-spec-${process.pid}`;

  run(args: readonly string[], timeoutMs?: number): Promise<CommandRun> {
    return docker(['compose', '--project-name', this.name, ...files, ...args], timeoutMs);
  }

  /** @throws Error with what was said, when the command fails */
  async surely(args: readonly string[], timeoutMs?: number): Promise<string> {
    const { code, output } = await this.run(args, timeoutMs);
    if (code === 0) return output;
    throw new Error(`docker compose ${args.join(' ')} ended with ${code}:\n${output}`);
  }

  /** Builds what is missing and waits until all are healthy. */
  async up(): Promise<void> {
    await this.surely(['build'], 900_000);
    const { code, output } = await this.run(['up', '--detach', '--wait'], 240_000);
    if (code === 0) return;
    const logs = await this.run(['logs', '--tail', '20']);
    throw new Error(`docker compose up: ${output}\n${logs.output}`);
  }

  async destroy(): Promise<void> {
    await this.run(['down', '--volumes', '--remove-orphans', '--timeout', '10'], 120_000);
  }

  /** Where a port of a service is published: http://127.0.0.1:… */
  async url(service: string, port: number): Promise<string> {
    return `http://${(await this.surely(['port', service, String(port)])).trim()}`;
  }

  async inspect<T>(service: string, format: string, index = 1): Promise<T> {
    const name = `${this.name}-${service}-${index}`;
    const { output } = await docker(['inspect', '--format', `{{json ${format}}}`, name]);
    return JSON.parse(output) as T;
  }
}
