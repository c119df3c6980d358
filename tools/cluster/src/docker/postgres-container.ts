import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { PostgresInput } from '../engine.js';
import type { MemberSpec } from '../member.js';
import { pollingAddress } from '../ports.js';
import { loginRules, postgresSettings } from '../postgres-settings.js';
import { ContainerLauncher } from './container-launcher.js';
import { runInContainer } from './container-program.js';
import {
  loadImages,
  type Container,
  type ContainerMount,
  type ContainerPlace,
} from './docker-runtime.js';

const mountedFolder = '/run/geo-billing';
const ownFolder = '/etc/geo-billing';
const keyName = 'pgcrypto_key.txt';
const rulesName = 'pg_hba.conf';
const readyCheckMs = 5_000;

/**
 * Root's first act in the container: what the host lets only its owner read becomes the server's own,
 * and nobody else's. On no command line and in no variable.
 */
const takeSecrets = `install -d -o postgres -g postgres -m 0700 ${ownFolder} &&
  install -o postgres -g postgres -m 0600 ${mountedFolder}/* ${ownFolder}/`;

export interface PostgresContainerInput extends PostgresInput {
  readonly place: ContainerPlace;
  /** `<home>/dc1/postgres`: what only a server with TLS is given. */
  readonly folder: string;
  /** In the home. */
  readonly pgcryptoKeyFile: string;
}

/** PostgreSQL by its image's own entry point, with the settings of a native one. */
export function createPostgresContainer(input: PostgresContainerInput): MemberSpec {
  const settings = containerSettings(input);
  const launcher = new ContainerLauncher(
    input.place,
    {
      image: loadImages().postgres,
      entrypoint: ['bash', '-c', `${takeSecrets} && exec docker-entrypoint.sh "$@"`, 'start'],
      command: [
        'postgres',
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      environment: {
        POSTGRES_USER: input.superuser,
        POSTGRES_DB: input.database,
        POSTGRES_PASSWORD_FILE: `${ownFolder}/password`,
        POSTGRES_INITDB_ARGS: initdbArguments(input),
        // The entry point's own server, which makes the database, is asked on the same port.
        PGPORT: String(input.port),
        // Where dblink and pglogical look for a certificate of their own over TLS: not in root's, which they may not enter.
        HOME: '/var/lib/postgresql',
        TZ: 'UTC',
      },
      mounts: [
        { source: input.pgcryptoKeyFile, target: `${mountedFolder}/${keyName}` },
        {
          source: input.secrets.passwordFile(input.superuser),
          target: `${mountedFolder}/password`,
        },
        ...tlsMounts(input),
      ],
    },
    input.logFile,
  );
  return {
    kind: 'postgres',
    nodeId: input.nodeId,
    name: input.name,
    ports: [{ name: 'PostgreSQL', port: input.port }],
    logFile: input.logFile,
    launcher,
    stopSignals: [
      { signal: 'SIGINT', timeoutMs: 5_000 },
      { signal: 'SIGQUIT', timeoutMs: 2_000 },
    ],
    readyTimeoutMs: 60_000,
    prepare: async () => {
      if (input.tls === undefined) return;
      mkdirSync(input.folder, { recursive: true });
      // The image's own rules let in plain text. Its entry point makes the database by the container's socket.
      const rules = loginRules(settings, { local: 'trust', addresses: 'all' });
      writeFileSync(join(input.folder, rulesName), `${rules.join('\n')}\n`, { mode: 0o600 });
    },
    isReady: async () =>
      (await accepts(input.host, input.port)) && isServerReady(launcher.container, input),
    afterReady: async () => undefined,
  };
}

const ownTls = {
  certFile: `${ownFolder}/server.crt`,
  keyFile: `${ownFolder}/server.key`,
};

function containerSettings(input: PostgresContainerInput): Record<string, string> {
  const { tls } = input;
  return {
    ...(tls && { hba_file: `${ownFolder}/${rulesName}` }),
    ...postgresSettings({
      ...input,
      pgcryptoKeyFile: `${ownFolder}/${keyName}`,
      tls: tls && { ...tls, ...ownTls },
    }),
  };
}

/** The server's own become certificate and key. The CA is where the nodes' DSNs name it, as on this machine. */
function tlsMounts({ tls, folder }: PostgresContainerInput): ContainerMount[] {
  if (tls === undefined) return [];
  return [
    { source: tls.caFile },
    { source: tls.certFile, target: `${mountedFolder}/server.crt` },
    { source: tls.keyFile, target: `${mountedFolder}/server.key` },
    { source: join(folder, rulesName), target: `${mountedFolder}/${rulesName}` },
  ];
}

function initdbArguments({ options }: PostgresInput): string {
  const found = ['--auth-host=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8'];
  if (options.fsync === false) found.push('--no-sync');
  return found.join(' ');
}

/** The key of the home, as it is now, becomes the key of the running server. */
export async function takeSecretsAgain(container: Container): Promise<void> {
  const program = { file: 'sh', args: ['-c', takeSecrets], env: {}, timeoutMs: readyCheckMs };
  const { code, output } = await runInContainer(container, program);
  if (code !== 0) throw new Error(`the container's secrets were not replaced: ${output}`);
}

/**
 * The server of the entry point's first run may answer as well, until the database is made; it is a child
 * of the entry point. The one to wait for takes the entry point's place, and so its process id.
 */
async function isServerReady(container: Container, input: PostgresInput): Promise<boolean> {
  const script = `read -r pid <"$PGDATA/postmaster.pid" && [ "$pid" = 1 ] &&
    pg_isready --quiet --host=${input.host} --port=${input.port}`;
  const args = ['-c', script];
  const program = { file: 'sh', args, env: {}, timeoutMs: readyCheckMs };
  return (await runInContainer(container, program)).code === 0;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...pollingAddress(host) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
