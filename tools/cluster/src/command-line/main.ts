import { createInterface } from 'node:readline/promises';
import { pathToFileURL } from 'node:url';
import { ClusterError, explainSystemError } from '../cluster-error.js';
import { askSupervisor } from './control.js';
import { chooseHome, isHome, removeHome, runningSupervisor } from '../home.js';
import { Cluster } from '../cluster.js';
import { memberKinds, type MemberKind } from '../member.js';
import { signalProcess, waitUntilGone } from '../process-table.js';
import { runCluster } from './run-command.js';

const usage = `usage: npm run cluster -- <verb> [target]
  status                 every part: state, process, port, uptime, restarts
  down                   stops everything
  stop | start | restart dc2, or one part: dc2/postgres, dc2/kafka, dc2/ledger-worker, …
  kill dc2/kafka         SIGKILL; it is started again by itself
  pause | resume dc2     SIGSTOP and SIGCONT
  reset [--yes]          stops everything and removes its data`;

const remoteVerbs = ['status', 'stop', 'start', 'restart', 'kill', 'pause', 'resume'];
const downTimeoutMs = 20_000;

/** What a command sees of the world. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** Whether somebody is there and agrees. */
  readonly ask: (question: string) => Promise<boolean>;
}

/** The command line; the bootstrap calls it. Returns the exit code. */
export async function main(
  args: readonly string[],
  surroundings: Surroundings = { environment: process.env, ask: askTerminal },
): Promise<number> {
  try {
    return await dispatch(args, surroundings);
  } catch (error) {
    const explained = explainSystemError(error);
    if (!(explained instanceof ClusterError)) throw error;
    console.error(explained.message);
    return 1;
  }
}

async function dispatch(
  [verb, ...rest]: readonly string[],
  { environment, ask }: Surroundings,
): Promise<number> {
  const { home, remark } = chooseHome(environment);
  if (verb === 'run') {
    if (remark) console.log(remark);
    return runCluster({ home, members: parseKinds(rest), print: (line) => console.log(line) });
  }
  if (verb === 'down') {
    console.log(await bringDown(home));
    return 0;
  }
  if (verb === 'reset') {
    return reset(home, rest.includes('--yes'), ask);
  }
  if (verb !== undefined && remoteVerbs.includes(verb)) {
    const [target] = rest;
    console.log(await askSupervisor(home, { verb, target }));
    return 0;
  }
  console.error(usage);
  return 1;
}

/** All money of the cluster is in its home. */
async function reset(home: string, isAgreed: boolean, ask: Surroundings['ask']): Promise<number> {
  if (!isHome(home)) {
    console.log(`no cluster is in ${home}`);
    return 0;
  }
  const question = `stops what runs and removes ${home} with every account and message in it?`;
  if (!isAgreed && !(await ask(question))) {
    console.error(`nothing was removed; reset --yes removes ${home}`);
    return 1;
  }
  await bringDown(home);
  removeHome(home);
  console.log(`removed ${home}`);
  return 0;
}

async function askTerminal(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

/** `npm start -- --parts=postgres,kafka` runs these alone; without it, all. */
function parseKinds(args: readonly string[]): readonly MemberKind[] {
  const [given, ...others] = args;
  if (given === undefined) return memberKinds;
  const names = /^--parts=(.+)$/.exec(given)?.[1]?.split(',') ?? [];
  const known = memberKinds.filter((kind) => names.includes(kind));
  if (others.length === 0 && known.length > 0 && known.length === names.length) return known;
  throw new ClusterError(
    'BAD_REQUEST',
    `usage: npm start [-- --parts=${memberKinds.join(',')}], all of them or some`,
  );
}

/** Stops the running cluster, or what is left of one whose supervisor was killed. */
async function bringDown(home: string): Promise<string> {
  const supervisor = runningSupervisor(home);
  if (supervisor) {
    // By its process id: it listens to that from its first moment to its last.
    signalProcess(supervisor, 'SIGTERM');
    if (await waitUntilGone([supervisor], downTimeoutMs)) return 'stopped';
    throw new ClusterError('MEMBER_FAILED', `process ${supervisor.pid} does not end`);
  }
  if (!isHome(home)) return `no cluster is running in ${home}`;
  const cluster = await Cluster.create({
    engine: 'native',
    home,
    ports: 'default',
    log: console.log,
  });
  await cluster.stopLeftovers();
  return `no cluster is running in ${home}`;
}

const isEntry =
  process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isEntry) process.exitCode = await main(process.argv.slice(2));
