import { findFreePorts, type Cluster } from '@billing/cluster';
import { AppProcess, eventually } from '@billing/testing';

const READY_MS = 60_000;
const MAIN_PORT = { coordinator: 'GRPC_PORT', gateway: 'HTTP_PORT' } as const;

/** One more coordinator or gateway of a node, ready. In plain text alone. */
export class ExtraApp {
  private constructor(
    private readonly app: AppProcess,
    /** host:port */
    readonly address: string,
  ) {
    // It would outlive a process that is told to end.
    process.once('exit', this.kill);
  }

  static async start(
    cluster: Cluster,
    kind: keyof typeof MAIN_PORT,
    nodeId: number,
    changes: Readonly<Record<string, string>> = {},
  ): Promise<ExtraApp> {
    const [main, management] = await findFreePorts(2);
    const ports = { [MAIN_PORT[kind]]: String(main), MANAGEMENT_PORT: String(management) };
    const app = AppProcess.start(cluster, kind, nodeId, { ...ports, ...changes });
    const extra = new ExtraApp(app, `127.0.0.1:${main}`);
    try {
      await eventually(
        async () => (await fetch(`http://127.0.0.1:${management}/health/ready`)).status,
        (status) => status === 200,
        READY_MS,
      );
      return extra;
    } catch (error) {
      await extra.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.app.stop();
    process.off('exit', this.kill);
  }

  private readonly kill = (): void => this.app.kill();
}
