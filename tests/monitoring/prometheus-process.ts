import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts, type AppKind, type Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';

/** Files of rules, by name. */
export type RuleFiles = readonly { readonly name: string; readonly text: string }[];

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

const apps: readonly AppKind[] = ['gateway', 'coordinator', 'ledger-worker'];

/** A real Prometheus that scrapes the apps of a cluster every second, in a folder of its own. */
export class PrometheusProcess {
  private output = '';
  private readonly ended: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
    private readonly folder: string,
  ) {
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.on('error', (error) => (this.output += error.message));
    this.ended = new Promise((resolve) => child.on('close', () => resolve()));
  }

  static async start(cluster: Cluster, rules: RuleFiles): Promise<PrometheusProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
    mkdirSync(join(folder, 'rules'));
    for (const { name, text } of rules) writeFileSync(join(folder, 'rules', name), text);
    writeFileSync(join(folder, 'prometheus.yml'), configure(cluster));
    const [port] = await findFreePorts(1);
    const address = `127.0.0.1:${port}`;
    const child = spawn(
      'prometheus',
      [
        '--config.file=prometheus.yml',
        '--storage.tsdb.path=data',
        `--web.listen-address=${address}`,
        '--log.level=warn',
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const started = new PrometheusProcess(child, `http://${address}`, folder);
    try {
      // Targets come five seconds after it is ready. What happened before is in no rate.
      await eventually(
        () => started.query('up == 1'),
        ({ length }) => length === apps.length * cluster.nodeIds.length,
        60_000,
      );
      return started;
    } catch (cause) {
      await started.stop();
      throw new Error(`Prometheus does not start: ${started.output}`, { cause });
    }
  }

  /** What an expression is now. */
  async query(expression: string): Promise<Series[]> {
    const response = await fetch(`${this.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expression }),
    });
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    if (status !== 'success') throw new Error(`${expression}: ${error}`);
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Labels of the alerts of a name that are pending or firing. */
  async alerts(name: string): Promise<Readonly<Record<string, string>>[]> {
    return (await this.query(`ALERTS{alertname="${name}"}`)).map(({ metric }) => metric);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function metricsUrl(cluster: Cluster, app: AppKind, nodeId: number): string {
  return cluster.healthUrl(app, nodeId).replace(/\/health\/ready$/, '/metrics');
}

function configure(cluster: Cluster): string {
  const jobs = apps.map((app) => {
    const targets = cluster.nodeIds.map((id) => new URL(metricsUrl(cluster, app, id)).host);
    return `  - job_name: ${app}\n    static_configs: [{ targets: ['${targets.join("', '")}'] }]\n`;
  });
  const global = 'global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }\n';
  return `${global}rule_files: ['rules/*.yml']\nscrape_configs:\n${jobs.join('')}`;
}
