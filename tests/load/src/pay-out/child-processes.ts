import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadReport, LoadResult } from './load-order.js';

const READY_TIMEOUT_MS = 30_000;

/** What pay-outs are compared with, in a process of its own. */
export class BaselineService {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(connectionString: string, poolMax: number): Promise<BaselineService> {
    const child = forkModule('./single-statement-service.js', {
      DATABASE_URL: connectionString,
      POOL_MAX: String(poolMax),
    });
    const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`the baseline ended with ${code}`);
    });
    const [{ port }] = await Promise.race([
      once(child, 'message', { signal }) as Promise<[{ port: number }]>,
      ended,
    ]);
    ended.catch(() => undefined);
    return new BaselineService(child, `http://127.0.0.1:${port}/v1/pay-outs`);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** It ends when its parent lets go of it, also when that is killed. */
  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

/** Runs a load client to its end. `onWarm` is called when what it measures begins. */
export async function runLoad(order: LoadOrder, onWarm: () => void): Promise<LoadResult> {
  const child = forkModule('./load-client.js', {});
  child.send(order);
  return new Promise((resolve, reject) => {
    let result: LoadResult | undefined;
    child.on('message', (said: LoadReport) => {
      if (said.kind === 'warm') onWarm();
      else result = said.result;
    });
    child.on('exit', (code) => {
      if (result !== undefined) resolve(result);
      else reject(new Error(`the load client ended with ${code}`));
    });
  });
}

function forkModule(file: string, env: Record<string, string>): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    env: { PATH: '/usr/bin:/bin', TZ: 'UTC', NODE_ENV: 'production', ...env },
  });
}
