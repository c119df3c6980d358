import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Cluster } from '@billing/cluster';

/** One more coordinator of a node, beside the one that the cluster runs. */
export class CoordinatorProcess {
  private readonly exited: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => child.once('exit', resolve));
  }

  static start(
    cluster: Cluster,
    nodeId: number,
    changes: Readonly<Record<string, string>>,
  ): CoordinatorProcess {
    const main = join(import.meta.dirname, '../../../apps/coordinator/dist/main.js');
    return new CoordinatorProcess(
      spawn(process.execPath, [main], {
        env: { ...cluster.appEnvironment('coordinator', nodeId), ...changes },
        stdio: 'ignore',
      }),
    );
  }

  /** Asks it to stop. @returns its exit code */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }
}
