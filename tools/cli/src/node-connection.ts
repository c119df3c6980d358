import { RunningCluster } from '@billing/cluster';
import { assertDatabaseMatches, Database } from '@billing/database';
import { CliError, exitCodes, explainError, usageError } from './cli.errors.js';
import type { Terminal } from './terminal.js';

export interface ConnectionOptions {
  readonly home?: string;
  /** `dc1` or `1`; undefined: all. */
  readonly node?: string;
}

/** One node's database that a command talks to. */
export interface NodeConnection {
  readonly name: string;
  readonly nodeId: number;
  readonly database: Database;
}

interface Address {
  readonly name: string;
  /** Undefined: the database says it. */
  readonly nodeId: number | undefined;
  readonly url: string;
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
}

const role = 'billing_operator';
/** As libs/config takes it. */
const urlPattern = /^postgres(ql)?:\/\/[^:@/]+@[^/]+\/[^/?]+(\?(?!(\S*&)?password=)\S*)?$/;
const statementTimeoutMs = 30_000;

/** DATABASE_URL names one node; without it, those of the running cluster are meant. */
function findAddresses(options: ConnectionOptions, terminal: Terminal): Address[] {
  const { DATABASE_URL: url } = terminal.environment;
  if (url !== undefined && url !== '' && options.home === undefined) {
    return [addressOfEnvironment(url, options, terminal)];
  }
  const cluster = RunningCluster.find(options.home);
  const chosen =
    options.node === undefined ? cluster.datacenters : [cluster.datacenter(options.node)];
  return chosen.map((datacenter) => ({
    name: datacenter.name,
    nodeId: datacenter.nodeId,
    url: cluster.databaseUrl(datacenter, role),
    passwordFile: cluster.passwordFile(role),
  }));
}

/** Not all nodes are meant, but one that was named. */
export function isOneNode(options: ConnectionOptions, terminal: Terminal): boolean {
  return findAddresses(options, terminal).length === 1;
}

function addressOfEnvironment(
  url: string,
  { node }: ConnectionOptions,
  { environment }: Terminal,
): Address {
  if (!urlPattern.test(url)) {
    throw usageError(
      'DATABASE_URL must look like postgres://billing_operator@host:port/billing; the password goes into a file that DATABASE_PASSWORD_FILE names',
    );
  }
  const nodeId = node === undefined ? undefined : parseNode(node);
  return {
    name: nodeId === undefined ? 'DATABASE_URL' : `dc${nodeId}`,
    nodeId,
    url,
    password: environment['DATABASE_PASSWORD'],
    passwordFile: environment['DATABASE_PASSWORD_FILE'],
  };
}

/** Of `--node`, where no cluster says which there are. */
export function parseNode(node: string): number {
  const [, digits] = /^(?:dc)?([1-9]\d?)$/.exec(node) ?? [];
  if (digits === undefined) throw usageError(`--node must be dc1 or 1, not "${node}"`);
  return Number(digits);
}

async function withConnection<T>(
  address: Address,
  act: (connection: NodeConnection) => Promise<T>,
): Promise<T> {
  const { url, password, passwordFile } = address;
  const database = new Database({
    url,
    password,
    passwordFile,
    poolMax: 1,
    applicationName: 'billing-cli',
    statementTimeoutMs,
  });
  try {
    const nodeId = await assertDatabaseMatches(database, address.nodeId);
    return await act({ name: `dc${nodeId}`, nodeId, database });
  } catch (error) {
    const explained = explainError(error);
    if (explained === undefined) throw error;
    // Whose error it is, once.
    const message =
      error instanceof CliError ? error.message : `${address.name}: ${explained.message}`;
    throw new CliError(explained.exitCode, message, { cause: error });
  } finally {
    await database.close();
  }
}

/**
 * Asks every node that is meant. One that does not answer does not keep the others from being shown.
 * @returns the answers, and the exit code for those that did not
 */
export async function askNodes<T>(
  options: ConnectionOptions,
  terminal: Terminal,
  ask: (connection: NodeConnection) => Promise<T>,
): Promise<{ readonly answers: readonly T[]; readonly exitCode: number }> {
  const results = await Promise.allSettled(
    findAddresses(options, terminal).map((address) => withConnection(address, ask)),
  );
  const answers: T[] = [];
  let exitCode: number = exitCodes.done;
  for (const result of results) {
    if (result.status === 'fulfilled') {
      answers.push(result.value);
      continue;
    }
    if (!(result.reason instanceof CliError)) throw result.reason;
    terminal.complain(result.reason.message);
    exitCode = Math.max(exitCode, result.reason.exitCode);
  }
  return { answers, exitCode };
}

/** The one node that is meant. @throws CliError when several are */
export async function askNode<T>(
  options: ConnectionOptions,
  terminal: Terminal,
  ask: (connection: NodeConnection) => Promise<T>,
): Promise<T> {
  const addresses = findAddresses(options, terminal);
  const [address, ...others] = addresses;
  if (address === undefined || others.length > 0) {
    throw usageError(`which node? --node ${addresses.map(({ name }) => name).join(' | ')}`);
  }
  return withConnection(address, ask);
}
