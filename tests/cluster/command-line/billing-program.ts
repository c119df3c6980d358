import { main, type Terminal } from '@billing/cli';
import type { Cluster } from '@billing/cluster';

export interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** `npx billing` in this process; somebody sits before it when there is an answer. */
export async function runBilling(
  cluster: Cluster,
  args: readonly string[],
  more: { answer?: string; environment?: Terminal['environment'] } = {},
): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    environment: more.environment ?? {},
    isInteractive: more.answer !== undefined,
    print: (line) => void out.push(line),
    complain: (line) => void err.push(line),
    ask: async (question) => {
      err.push(question);
      return more.answer ?? '';
    },
  };
  const where = more.environment === undefined ? ['--home', cluster.home] : [];
  const exitCode = await main([...args, ...where], terminal);
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}
