import { IsIn, IsOptional, IsString } from 'class-validator';
import { ConfigError, readEnvironment, type Environment } from './environment.js';
import type { TlsFiles } from './tls-files.js';

/** What production must be told of what it does in plain text, by the variable that says that it is meant. */
export function findPlaintext(
  env: Environment,
  variable: string,
  what: string,
  instead: string,
): string[] {
  if (env['NODE_ENV'] !== 'production' || env[variable] === 'true') return [];
  return [
    `NODE_ENV is production, and ${what}: ${instead}, or ${variable}=true where nobody else reaches that network`,
  ];
}

class HttpTlsVariables {
  @IsOptional()
  @IsString()
  HTTP_TLS_CERT_FILE?: string;

  @IsOptional()
  @IsString()
  HTTP_TLS_KEY_FILE?: string;

  /** Production without encryption, where something in front has it or nobody else is on that network. */
  @IsIn(['true', 'false'])
  HTTP_ALLOW_PLAINTEXT: 'true' | 'false' = 'false';
}

class GrpcTlsVariables {
  @IsOptional()
  @IsString()
  GRPC_TLS_CERT_FILE?: string;

  @IsOptional()
  @IsString()
  GRPC_TLS_KEY_FILE?: string;

  @IsIn(['true', 'false'])
  GRPC_ALLOW_PLAINTEXT: 'true' | 'false' = 'false';
}

class GrpcServerTlsVariables extends GrpcTlsVariables {
  /** Only clients with a certificate of it are let in. */
  @IsOptional()
  @IsString()
  GRPC_TLS_CLIENT_CA_FILE?: string;
}

class GrpcClientTlsVariables extends GrpcTlsVariables {
  /** Needed where no file is: the coordinator's certificate is of a public CA. */
  @IsOptional()
  @IsIn(['true', 'false'])
  GRPC_TLS?: 'true' | 'false';

  @IsOptional()
  @IsString()
  GRPC_TLS_CA_FILE?: string;
}

/** Files of the app's HTTP server; undefined: in plain text. @throws ConfigError with all its violations */
export function parseHttpTls(env: Environment): TlsFiles | undefined {
  const v = readEnvironment(HttpTlsVariables, env);
  const files = { certFile: v.HTTP_TLS_CERT_FILE, keyFile: v.HTTP_TLS_KEY_FILE };
  const instead = 'set HTTP_TLS_CERT_FILE and HTTP_TLS_KEY_FILE';
  return judge('HTTP_TLS', files, isNamed(files), [
    ...(isNamed(files)
      ? []
      : findPlaintext(env, 'HTTP_ALLOW_PLAINTEXT', 'HTTP is served in plain text', instead)),
  ]);
}

/** Files of a gRPC server; undefined: in plain text. @throws ConfigError with all its violations */
export function parseGrpcServerTls(env: Environment): TlsFiles | undefined {
  const v = readEnvironment(GrpcServerTlsVariables, env);
  const own = { certFile: v.GRPC_TLS_CERT_FILE, keyFile: v.GRPC_TLS_KEY_FILE };
  const files = { ...own, caFile: v.GRPC_TLS_CLIENT_CA_FILE };
  const pair = 'GRPC_TLS_CERT_FILE and GRPC_TLS_KEY_FILE';
  return judge('GRPC_TLS', files, isNamed(own), [
    ...(files.caFile !== undefined && !isNamed(own)
      ? [`GRPC_TLS_CLIENT_CA_FILE is set without a certificate of the server: set ${pair} too`]
      : []),
    ...(isNamed(files)
      ? []
      : findPlaintext(
          env,
          'GRPC_ALLOW_PLAINTEXT',
          'gRPC is served in plain text',
          `set ${pair}, and GRPC_TLS_CLIENT_CA_FILE to let in nobody but its clients`,
        )),
  ]);
}

/** Files of a gRPC client, none of which is needed; undefined: in plain text. @throws ConfigError with all its violations */
export function parseGrpcClientTls(env: Environment): TlsFiles | undefined {
  const v = readEnvironment(GrpcClientTlsVariables, env);
  const files = {
    caFile: v.GRPC_TLS_CA_FILE,
    certFile: v.GRPC_TLS_CERT_FILE,
    keyFile: v.GRPC_TLS_KEY_FILE,
  };
  const isEncrypted = v.GRPC_TLS === 'true' || isNamed(files);
  return judge('GRPC_TLS', files, isEncrypted, [
    ...(v.GRPC_TLS === 'false' && isNamed(files)
      ? ['GRPC_TLS is false, and GRPC_TLS_..._FILE is set: leave one of them out']
      : []),
    ...(isEncrypted
      ? []
      : findPlaintext(
          env,
          'GRPC_ALLOW_PLAINTEXT',
          'what goes to the coordinator is in plain text',
          'set GRPC_TLS_CA_FILE, or GRPC_TLS=true for a public CA',
        )),
  ]);
}

function isNamed(files: TlsFiles): boolean {
  return Object.values(files).some((file) => file !== undefined);
}

function judge(
  prefix: string,
  files: TlsFiles,
  isEncrypted: boolean,
  violations: readonly string[],
): TlsFiles | undefined {
  const isHalf = (files.certFile === undefined) !== (files.keyFile === undefined);
  const half = `${prefix}_CERT_FILE and ${prefix}_KEY_FILE belong together: set both or none`;
  const all = [...(isHalf ? [half] : []), ...violations];
  if (all.length > 0) throw new ConfigError(all);
  return isEncrypted ? files : undefined;
}
