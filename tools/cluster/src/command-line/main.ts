import { createInterface } from 'node:readline/promises';
import { pathToFileURL } from 'node:url';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ClusterError, explainSystemError } from '../cluster-error.js';
import { askSupervisor } from './control.js';
import { parseTarget } from './control-verbs.js';
import { chooseHome, isHome, removeHome, runningSupervisor } from '../home.js';
import { Cluster } from '../cluster.js';
import { memberKinds, type MemberKind } from '../member.js';
import { signalProcess, waitUntilGone } from '../process-table.js';
import { createRootCommand } from './root-command.js';
import { runCluster } from './run-command.js';

const downTimeoutMs = 20_000;

/** What the supervisor does to parts for another terminal, and what that is. */
const verbs = [
  ['start', 'starts what is stopped'],
  ['stop', 'stops it in order, until somebody starts it'],
  ['restart', 'stop, then start'],
  ['kill', 'SIGKILL; it is started again by itself'],
  ['pause', 'SIGSTOP: it is there and does nothing'],
  ['resume', 'SIGCONT'],
] as const;

const print = (line: string): void => console.log(line);

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
  let exitCode = 0;
  const program = buildProgram(surroundings, (code) => (exitCode = code));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    const explained = explainSystemError(error);
    if (!(explained instanceof ClusterError)) throw error;
    console.error(explained.message);
    return 1;
  }
}

function buildProgram(
  { environment, ask }: Surroundings,
  end: (exitCode: number) => void,
): Command {
  const home = (): string => chooseHome(environment).home;
  const program = createRootCommand('npm run cluster --').description(
    'What runs on this machine since npm start, and what is done to it',
  );
  program
    .command('status')
    .description('every part: state, process, port, uptime, restarts')
    .action(async () => print(await askSupervisor(home(), { verb: 'status' })));
  for (const [verb, what] of verbs) {
    program
      .command(verb)
      .description(what)
      .argument('<part>', 'a datacenter, dc2, or one part of it: dc2/kafka', checkTarget)
      .action(async (target) => print(await askSupervisor(home(), { verb, target })));
  }
  program
    .command('down')
    .description('stops everything')
    .action(async () => print(await bringDown(home())));
  program
    .command('reset')
    .description('stops everything and removes its data')
    .option('--yes', 'do not ask')
    .action(async ({ yes }) => end(await reset(home(), yes === true, ask)));
  addRun(program, environment, end);
  return program;
}

/** `npm start`, which installs and builds first, says it; nobody types it. */
function addRun(
  program: Command,
  environment: NodeJS.ProcessEnv,
  end: (exitCode: number) => void,
): void {
  program
    .command('run', { hidden: true })
    .description('runs everything until Ctrl-C')
    .option('--parts <kinds>', `of ${memberKinds.join(',')} these alone; default all`, parseKinds)
    .option('--tls', 'HTTP, gRPC and PostgreSQL over TLS, by a CA made for it')
    .configureHelp({ commandUsage: () => 'npm start -- [options]' })
    .action(async ({ parts: members = memberKinds, tls = false }) => {
      const { home, remark } = chooseHome(environment);
      if (remark) print(remark);
      end(await runCluster({ home, members, tls, print }));
    });
}

/** What names no part is refused here, whether or not anything runs. */
function checkTarget(target: string): string {
  parseTarget(target);
  return target;
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

function parseKinds(text: string): readonly MemberKind[] {
  const names = text.split(',');
  const known = memberKinds.filter((kind) => names.includes(kind));
  if (known.length === names.length) return known;
  throw new InvalidArgumentError(`must be some of ${memberKinds.join(',')}`);
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
