import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeProcess, findFreePorts, type Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';
import { requestOf } from './url-clients.js';

const mainFile = fileURLToPath(new URL('../../../apps/gateway/dist/main.js', import.meta.url));

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  /** As it came: JSON.parse rounds numbers. */
  readonly text: string;
}

/** A gateway of its own, started by a spec that wants other settings or its end. */
export class GatewayProcess {
  private output = '';
  private readonly ended: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** Of health with its details and of metrics. */
    readonly managementUrl: string,
    readonly token: string,
  ) {
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
  }

  static async launch(
    cluster: Cluster,
    environment: Record<string, string> = {},
    nodeId = 1,
  ): Promise<GatewayProcess> {
    const [port, managementPort] = await findFreePorts(2);
    const env = {
      ...cluster.appEnvironment('gateway', nodeId),
      HTTP_PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      ...environment,
    };
    const token = await cluster.signToken();
    const child = spawn(process.execPath, [mainFile], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const { scheme } = cluster.security;
    const [url, managementUrl] = [port, managementPort].map((at) => `${scheme}://127.0.0.1:${at}`);
    return new GatewayProcess(child, url!, managementUrl!, token);
  }

  /** Launched, and ready for everything. */
  static async start(
    cluster: Cluster,
    environment: Record<string, string> = {},
  ): Promise<GatewayProcess> {
    const gateway = await GatewayProcess.launch(cluster, environment);
    try {
      await gateway.untilReady();
      return gateway;
    } catch (error) {
      gateway.signal('SIGKILL');
      throw error;
    }
  }

  get log(): string {
    return this.output;
  }

  async untilReady(): Promise<void> {
    let heard = 'nothing';
    try {
      await eventually(
        async () => {
          const response = await fetch(`${this.managementUrl}/health/ready`);
          heard = `${response.status} ${await response.text()}`;
          return response.status;
        },
        (status) => status === 200,
      );
    } catch (error) {
      const exit = this.child.exitCode ?? this.child.signalCode;
      const now = exit === null ? describeProcess(this.child.pid!) : `exit: ${exit}`;
      throw new Error(
        `the gateway is not ready; ${now}; /health/ready: ${heard}; its log:\n${this.output}`,
        { cause: error },
      );
    }
  }

  /** What it cannot use now, by name. */
  async failures(): Promise<Record<string, string>> {
    const response = await fetch(`${this.managementUrl}/health/ready`);
    return failuresIn(await response.json());
  }

  /** With the developer's token, unless the headers say otherwise. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: text }),
    });
    const received = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (received === '' ? {} : JSON.parse(received)) as Record<string, unknown>,
      text: received,
    };
  }

  /** With exactly these headers beside the token, one that comes twice too, which fetch would join. */
  callWith(
    headers: readonly (readonly [name: string, value: string])[],
    method: string,
    path: string,
    body?: string,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const token = ['authorization', `Bearer ${this.token}`] as const;
    const { host } = new URL(this.url);
    const length = ['content-length', String(Buffer.byteLength(body ?? ''))] as const;
    const all = [['host', host] as const, token, length, ...headers];
    return new Promise((resolve, reject) => {
      const request = requestOf(this.url)(
        this.url + path,
        { method, headers: all.flat(), agent: false },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: JSON.parse(text) as Record<string, unknown>,
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code; null when a signal ended it. */
  exit(): Promise<number | null> {
    return this.ended;
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.ended;
  }
}

/** A problem with exactly this kind and, if given, these fields. */
export function problem(kind: string, status: number, fields?: readonly string[]): unknown {
  return {
    status,
    body: expect.objectContaining({
      type: `/problems/${kind}`,
      status,
      title: expect.any(String),
      detail: expect.any(String),
      instance: expect.stringMatching(/^\//),
      ...(fields && {
        errors: fields.map((field) => ({ field, message: expect.stringMatching(/^(must|is) /) })),
      }),
    }),
  };
}

export const essence = ({ status, body }: Answer): unknown => ({ status, body });

/** What an app cannot use now, by name, as the body of its `/health/ready` says. */
export function failuresIn(body: unknown): Record<string, string> {
  return (body as { readonly faults?: Record<string, string> }).faults ?? {};
}
