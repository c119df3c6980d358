import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { AppKind, Cluster } from '@billing/cluster';

/** One more coordinator or gateway of a node, beside the one that the cluster runs. */
export class AppProcess {
  private readonly exited: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => child.once('exit', resolve));
  }

  /** @param changes to the environment that the cluster gives to its own: ports, at least */
  static start(
    cluster: Cluster,
    kind: AppKind,
    nodeId: number,
    changes: Readonly<Record<string, string>>,
  ): AppProcess {
    const main = join(import.meta.dirname, '../../../apps', kind, 'dist/main.js');
    return new AppProcess(
      spawn(process.execPath, [main], {
        env: { ...cluster.appEnvironment(kind, nodeId), ...changes },
        stdio: 'ignore',
      }),
    );
  }

  /** Asks it to stop. @returns its exit code */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
