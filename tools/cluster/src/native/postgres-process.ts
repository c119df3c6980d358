import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClusterError, diskFull } from '../cluster-error.js';
import type { PostgresInput } from '../engine.js';
import { giveTo, type OsUser } from '../os-user.js';
import { NativeLauncher } from './native-launcher.js';
import type { MemberSpec } from '../member.js';
import { loginRules, postgresSettings } from '../postgres-settings.js';

const run = promisify(execFile);

export interface PostgresMemberInput extends PostgresInput {
  /** `<home>/dc1/postgres`: the data folder is `data` in it. */
  readonly folder: string;
  readonly pgcryptoKeyFile: string;
  readonly pidFile: string;
  readonly owner: OsUser | undefined;
  readonly binaries: PostgresBinaries;
}

export interface PostgresBinaries {
  readonly folder: string;
  /** The server refuses pglogical's output plugin unless this setting, where known, lists it. */
  readonly knowsOutputPluginLibraries: boolean;
}

const debianRoot = '/usr/lib/postgresql';
// A path of a unix socket holds 107 bytes; the server's own name takes the last 20 of them.
const socketFolderBytesMax = 87;

const clockFile = (folder: string): string => join(folder, 'clock');

/** A server whose clock reads as its file says; what it waits by, the monotonic clock, is the machine's. */
function clockEnvironment(folder: string): Record<string, string> {
  const library = readdirSync('/usr/lib', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
    .find((file) => existsSync(file));
  if (library === undefined) {
    throw new ClusterError('MISSING_SOFTWARE', "no libfaketime: install Debian's package faketime");
  }
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clockFile(folder),
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DISABLE_SHM: '1',
  };
}

/** The newest installed major version that has pglogical. */
export function findPostgres(): PostgresBinaries {
  const versions = existsSync(debianRoot) ? readdirSync(debianRoot) : [];
  const usable = versions
    .filter((version) => existsSync(join(debianRoot, version, 'bin/initdb')))
    .filter((version) => existsSync(join(debianRoot, version, 'lib/pglogical.so')))
    .sort((a, b) => Number(b) - Number(a));
  if (usable[0] === undefined) {
    throw new ClusterError(
      'MISSING_SOFTWARE',
      `no PostgreSQL with pglogical under ${debianRoot}: npm start installs it`,
    );
  }
  const folder = join(debianRoot, usable[0], 'bin');
  const settings = execFileSync(join(folder, 'postgres'), ['--describe-config'], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  return { folder, knowsOutputPluginLibraries: /^output_plugin_libraries\t/m.test(settings) };
}

export function createPostgresMember(input: PostgresMemberInput): MemberSpec {
  const dataFolder = join(input.folder, 'data');
  return {
    kind: 'postgres',
    nodeId: input.nodeId,
    name: input.name,
    ports: [{ name: 'PostgreSQL', port: input.port }],
    logFile: input.logFile,
    launcher: new NativeLauncher({
      command: () => ({
        file: join(input.binaries.folder, 'postgres'),
        args: ['-D', dataFolder],
        env: {
          ...{ PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' },
          ...(input.options.clockFiles === true && clockEnvironment(input.folder)),
        },
        cwd: dataFolder,
        owner: input.owner,
      }),
      logFile: input.logFile,
      pidFile: input.pidFile,
      workingFolder: dataFolder,
    }),
    // Fast shutdown; then immediate, which the next start recovers from like from a crash.
    stopSignals: [
      { signal: 'SIGINT', timeoutMs: 5_000 },
      { signal: 'SIGQUIT', timeoutMs: 2_000 },
    ],
    readyTimeoutMs: 60_000,
    prepare: async () => {
      await initialise(input, dataFolder);
      writeConfiguration(input, dataFolder);
      const clock = clockFile(input.folder);
      if (input.options.clockFiles === true && !existsSync(clock)) writeFileSync(clock, '+0s\n');
    },
    isReady: async ({ pid }) => isPostmasterReady(dataFolder, pid),
    afterReady: () => createDatabase(input),
  };
}

async function initialise(input: PostgresMemberInput, dataFolder: string): Promise<void> {
  if (existsSync(join(dataFolder, 'PG_VERSION'))) return;
  mkdirSync(input.folder, { recursive: true });
  giveTo(input.folder, input.owner);
  const passwordFile = join(input.folder, 'initdb.password');
  // What an interrupted initdb left is no use; a finished one is renamed into place.
  const unfinished = join(input.folder, 'data.unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, input.secrets.password(input.superuser), { mode: 0o600 });
  giveTo(passwordFile, input.owner);
  const args = [`--pgdata=${unfinished}`, `--username=${input.superuser}`];
  args.push('--auth=scram-sha-256', `--pwfile=${passwordFile}`);
  args.push('--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions');
  if (input.options.fsync === false) args.push('--no-sync');
  try {
    await run(join(input.binaries.folder, 'initdb'), args, {
      ...(input.owner && { uid: input.owner.uid, gid: input.owner.gid }),
      cwd: input.folder,
      env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' },
    });
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    const full = diskFull(reason, input.name, error);
    if (full) throw full;
    throw new ClusterError('MEMBER_FAILED', `${input.name}: initdb failed: ${reason}`, {
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  appendFileSync(join(unfinished, 'postgresql.conf'), "\ninclude 'billing.conf'\n");
  renameSync(unfinished, dataFolder);
}

function writeConfiguration(input: PostgresMemberInput, dataFolder: string): void {
  const settings = { ...socketSettings(input.folder), ...postgresSettings(input) };
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`,
  );
  if (input.binaries.knowsOutputPluginLibraries) {
    lines.push('output_plugin_libraries = pglogical_output');
  }
  const header = '# Written by the cluster engine at every start.';
  writeOwned(input, join(dataFolder, 'billing.conf'), [header, ...lines]);
  const rules = loginRules(settings, { local: 'scram-sha-256', addresses: '127.0.0.1/32' });
  writeOwned(input, join(dataFolder, 'pg_hba.conf'), rules);
}

function socketSettings(folder: string): Record<string, string> {
  const isShort = Buffer.byteLength(folder) <= socketFolderBytesMax;
  return {
    unix_socket_directories: isShort ? folder : '',
    unix_socket_permissions: '0700',
  };
}

function writeOwned(input: PostgresMemberInput, file: string, lines: readonly string[]): void {
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o600);
  giveTo(file, input.owner);
}

/** As pg_ctl does: the postmaster's file names its process and, in line 8, says when it is ready. */
function isPostmasterReady(dataFolder: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

async function createDatabase(input: PostgresMemberInput): Promise<void> {
  const done = join(input.folder, 'database-created');
  if (existsSync(done)) return;
  const sql = `select 'create database "${input.database}"' where not exists
    (select from pg_database where datname = '${input.database}') \\gexec`;
  const child = run(
    join(input.binaries.folder, 'psql'),
    ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--dbname=postgres'],
    {
      env: {
        PATH: '/usr/bin:/bin',
        PGHOST: input.host,
        PGPORT: String(input.port),
        PGUSER: input.superuser,
        PGPASSWORD: input.secrets.password(input.superuser),
        PGCONNECT_TIMEOUT: '10',
      },
    },
  );
  child.child.stdin?.end(`${sql}\n`);
  await child;
  writeFileSync(done, '');
}
