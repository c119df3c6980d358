import { postgresTls, type TlsFiles } from './cluster-tls.js';

export interface PostgresOptions {
  /** Off only where a power cut may lose data: tests. kill -9 loses nothing either way. */
  readonly fsync?: boolean;
  /** Further settings of postgresql.conf; they win over the engine's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Each server tells the time by its file `<home>/dcN/postgres/clock`, `+6s` for six seconds ahead,
   * from one statement to the next. Tests, native engine only: it needs Debian's faketime.
   */
  readonly clockFiles?: boolean;
}

export interface PostgresSettingsInput {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** As the server finds it. */
  readonly pgcryptoKeyFile: string;
  /** As the server finds them; without: in plain text. */
  readonly tls?: TlsFiles | undefined;
  readonly options: PostgresOptions;
}

/** What a server is told, the same on both engines. */
export function postgresSettings(input: PostgresSettingsInput): Record<string, string> {
  return {
    listen_addresses: input.host,
    port: String(input.port),
    cluster_name: input.name.replace('/', '-'),
    max_connections: '200',
    shared_buffers: '128MB',
    fsync: input.options.fsync === false ? 'off' : 'on',
    wal_level: 'logical',
    shared_preload_libraries: 'pglogical',
    track_commit_timestamp: 'on',
    max_worker_processes: '32',
    max_replication_slots: '20',
    max_wal_senders: '20',
    max_slot_wal_keep_size: '2GB',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    password_encryption: 'scram-sha-256',
    log_line_prefix: '%m [%p] %q%u@%d ',
    log_timezone: 'UTC',
    timezone: 'UTC',
    // Short statements in great numbers: compiling them costs more than running them.
    jit: 'off',
    'billing.pgcrypto_key_file': input.pgcryptoKeyFile,
    ...(input.tls && postgresTls(input.tls)),
    ...input.options.settings,
  };
}

/** Lines of pg_hba.conf. @param local how the machine's own socket lets in; @param addresses whose, over the network */
export function loginRules(
  settings: Readonly<Record<string, string>>,
  { local, addresses }: { readonly local: string; readonly addresses: string },
): string[] {
  const overNetwork = settings['ssl'] === 'on' ? 'hostssl' : 'host';
  return [
    '# Passwords over the network, and nothing in plain text where there is TLS.',
    `local all all ${local}`,
    `${overNetwork} all all ${addresses} scram-sha-256`,
  ];
}
