import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePorts, type AppKind, type Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';
import { askOverTls } from '../gateway/tls-client.js';

export type Environment = Readonly<Record<string, string>>;

/** What an app is told beside what the cluster tells it, by what it knows of the secrets of the moment. */
export type Secrets = (kind: AppKind, nodeId: number) => Environment;

/** Lines of pino that tell of an error or worse, and of Node. */
const ERROR_LINE = /^(?!\{"level":[1-4]0).+$/gm;
const CHARS_TOLD = 1_000;
const READY_MS = 60_000;

/** One app, restarted under the same ports with other secrets. */
class RotatingApp {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(
    private readonly cluster: Cluster,
    readonly kind: AppKind,
    readonly nodeId: number,
    private readonly managementPort: number,
    private readonly ports: Environment,
  ) {}

  /** Until it is ready; again when it ends before, as a supervisor does: what it asks first may meet an ended connection. */
  async start(secrets: Environment): Promise<void> {
    const { JWT_PUBLIC_KEY_FILE: _, ...given } = this.cluster.appEnvironment(
      this.kind,
      this.nodeId,
    );
    const own = { MANAGEMENT_PORT: String(this.managementPort), ...this.ports };
    const env = { ...given, ...own, ...secrets };
    this.output = '';
    const ready = async (): Promise<number> => {
      if (this.child === undefined || this.child.exitCode !== null) this.spawn(env);
      const ca = readFileSync(this.cluster.tls!.caFile, 'utf8');
      const url = `https://127.0.0.1:${this.managementPort}/health/ready`;
      return (await askOverTls(url, { ca })).status;
    };
    await eventually(ready, (status) => status === 200, READY_MS).catch((error: unknown) => {
      throw new Error(`${this.kind} is not ready; its log:\n${this.output}`, { cause: error });
    });
  }

  /** Answers what is under way, and ends. @returns what it said last where it ended otherwise */
  async stop(): Promise<string | undefined> {
    const { child } = this;
    if (child === undefined) return undefined;
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    if (child.exitCode === 0) return undefined;
    const said = this.output.match(ERROR_LINE)?.join('\n') ?? this.output.slice(-CHARS_TOLD);
    return `${this.kind} ended with ${child.exitCode ?? child.signalCode}: ${said}`;
  }

  private spawn(env: Environment): void {
    const main = join(import.meta.dirname, '../../../apps', this.kind, 'dist/main.js');
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.child = child;
  }
}

/** Two of each app in datacenter 1, a gateway with a coordinator each, and the coordinator of datacenter 2. */
export class RotatingApps {
  private constructor(
    private readonly pairs: readonly (readonly RotatingApp[])[],
    readonly gatewayUrls: readonly string[],
  ) {}

  static async prepare(cluster: Cluster): Promise<RotatingApps> {
    const found: (readonly RotatingApp[])[] = [];
    const urls: string[] = [];
    for (let pair = 0; pair < 2; pair += 1) {
      const [http, grpc, ...management] = (await findFreePorts(5)).map(String);
      const app = (kind: AppKind, at: number, ports: Environment): RotatingApp =>
        new RotatingApp(cluster, kind, 1, Number(management[at]), ports);
      found.push([
        app('ledger-worker', 0, {}),
        app('coordinator', 1, { GRPC_PORT: grpc! }),
        app('gateway', 2, { HTTP_PORT: http!, COORDINATOR_URL: `127.0.0.1:${grpc}` }),
      ]);
      urls.push(`https://127.0.0.1:${http}`);
    }
    const [grpc, management] = await findFreePorts(2);
    const ports = { GRPC_PORT: String(grpc) };
    found.push([new RotatingApp(cluster, 'coordinator', 2, management!, ports)]);
    return new RotatingApps(found, urls);
  }

  async start(secrets: Secrets): Promise<void> {
    await Promise.all(this.pairs.map((apps) => startInOrder(apps, secrets)));
  }

  /** A pair after the other. @returns what was cut off, none */
  async restart(secrets: Secrets): Promise<string[]> {
    const cutOff: string[] = [];
    for (const apps of this.pairs) {
      cutOff.push(...(await stopInOrder(apps)));
      await startInOrder(apps, secrets);
    }
    return cutOff;
  }

  async stop(): Promise<void> {
    await Promise.all(this.pairs.map(stopInOrder));
  }
}

/** A gateway after the coordinator that it calls. */
async function startInOrder(apps: readonly RotatingApp[], secrets: Secrets): Promise<void> {
  const [gateways, others] = divide(apps);
  await Promise.all(others.map((app) => app.start(secrets(app.kind, app.nodeId))));
  await Promise.all(gateways.map((app) => app.start(secrets(app.kind, app.nodeId))));
}

/** A gateway before it. */
async function stopInOrder(apps: readonly RotatingApp[]): Promise<string[]> {
  const [gateways, others] = divide(apps);
  const first = await Promise.all(gateways.map((app) => app.stop()));
  const all = [...first, ...(await Promise.all(others.map((app) => app.stop())))];
  return all.filter((said) => said !== undefined);
}

function divide(apps: readonly RotatingApp[]): [RotatingApp[], RotatingApp[]] {
  const gateways = apps.filter(({ kind }) => kind === 'gateway');
  return [gateways, apps.filter((app) => !gateways.includes(app))];
}
