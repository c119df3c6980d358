import { IsIn, IsOptional, IsString } from 'class-validator';
import { ConfigError, readEnvironment, type Environment } from './environment.js';
import type { TlsFiles } from './tls-files.js';

const mechanisms = ['scram-sha-512', 'scram-sha-256', 'plain'] as const;

/** How connections to the brokers are encrypted, and whose they are; files are read by whoever connects. */
export interface KafkaSecurityConfig {
  /** Undefined: in plain text. Without a CA those that Node comes with are believed. */
  readonly ssl: TlsFiles | undefined;
  /** Undefined: as nobody, or as whom a client certificate names. */
  readonly sasl:
    | {
        readonly mechanism: (typeof mechanisms)[number];
        readonly username: string;
        readonly passwordFile: string;
      }
    | undefined;
}

/** Where the brokers are and how they are reached. */
export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly security: KafkaSecurityConfig;
}

class KafkaSecurityVariables {
  /** Needed where no file is: the brokers' certificates are of a public CA. */
  @IsOptional()
  @IsIn(['true', 'false'])
  KAFKA_SSL?: 'true' | 'false';

  @IsOptional()
  @IsString()
  KAFKA_SSL_CA_FILE?: string;

  @IsOptional()
  @IsString()
  KAFKA_SSL_CERT_FILE?: string;

  @IsOptional()
  @IsString()
  KAFKA_SSL_KEY_FILE?: string;

  @IsOptional()
  @IsIn(mechanisms)
  KAFKA_SASL_MECHANISM?: (typeof mechanisms)[number];

  @IsOptional()
  @IsString()
  KAFKA_SASL_USERNAME?: string;

  @IsOptional()
  @IsString()
  KAFKA_SASL_PASSWORD_FILE?: string;

  /** Production without encryption or without a user, on a network where nobody else is. */
  @IsIn(['true', 'false'])
  KAFKA_ALLOW_PLAINTEXT: 'true' | 'false' = 'false';
}

/** @throws ConfigError with all violations of these variables at once */
export function parseKafkaSecurity(env: Environment): KafkaSecurityConfig {
  const v = readEnvironment(KafkaSecurityVariables, env);
  const files = {
    caFile: v.KAFKA_SSL_CA_FILE,
    certFile: v.KAFKA_SSL_CERT_FILE,
    keyFile: v.KAFKA_SSL_KEY_FILE,
  };
  const hasFile = Object.values(files).some((file) => file !== undefined);
  const ssl = v.KAFKA_SSL === 'true' || hasFile ? files : undefined;
  const violations = [
    ...(v.KAFKA_SSL === 'false' && hasFile
      ? ['KAFKA_SSL is false, and KAFKA_SSL_..._FILE is set: leave one of them out']
      : []),
    ...((files.certFile === undefined) === (files.keyFile === undefined)
      ? []
      : ['KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE belong together: set both or none']),
    ...findSaslViolations(v, ssl !== undefined),
    ...(env['NODE_ENV'] === 'production' ? findOpenDoors(v, ssl) : []),
  ];
  if (violations.length > 0) throw new ConfigError(violations);
  return { ssl, sasl: groupSasl(v) };
}

function groupSasl(v: KafkaSecurityVariables): KafkaSecurityConfig['sasl'] {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD_FILE: passwordFile,
  } = v;
  if (mechanism === undefined || username === undefined || passwordFile === undefined) return;
  return { mechanism, username, passwordFile };
}

function findSaslViolations(v: KafkaSecurityVariables, isEncrypted: boolean): string[] {
  const parts = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD_FILE'] as const;
  if (v.KAFKA_SASL_MECHANISM === undefined) {
    const idle = parts.filter((name) => v[name] !== undefined);
    return idle.map(
      (name) =>
        `${name} is set without KAFKA_SASL_MECHANISM: set that too, to ${mechanisms.join(', ')}`,
    );
  }
  const missing = parts.filter((name) => v[name] === undefined);
  return [
    ...missing.map((name) => `KAFKA_SASL_MECHANISM is set without ${name}: set that too`),
    ...(v.KAFKA_SASL_MECHANISM === 'plain' && !isEncrypted
      ? [
          'KAFKA_SASL_MECHANISM is plain, which shows the password on the way: set KAFKA_SSL_CA_FILE or KAFKA_SSL=true, or use scram-sha-512',
        ]
      : []),
  ];
}

/** What production wants to be told that it is meant so. */
function findOpenDoors(v: KafkaSecurityVariables, ssl: KafkaSecurityConfig['ssl']): string[] {
  if (v.KAFKA_ALLOW_PLAINTEXT === 'true') return [];
  const violations: string[] = [];
  const otherwise = 'or KAFKA_ALLOW_PLAINTEXT=true where nobody else reaches that network';
  if (ssl === undefined) {
    violations.push(
      `NODE_ENV is production, and nothing encrypts what goes to Kafka: set KAFKA_SSL_CA_FILE, or KAFKA_SSL=true for a public CA, ${otherwise}`,
    );
  }
  if (v.KAFKA_SASL_MECHANISM === undefined && ssl?.certFile === undefined) {
    violations.push(
      `NODE_ENV is production, and Kafka cannot tell who this is: set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD_FILE, or KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE, ${otherwise}`,
    );
  }
  return violations;
}
