import { readNamedFile, readTlsFiles, type TlsFiles, type TlsMaterial } from '@billing/config';

/** The files of a connection, as the environment names them: `KafkaSecurityConfig` of libs/config. */
export interface KafkaSecurityFiles {
  readonly ssl: TlsFiles | undefined;
  readonly sasl:
    | {
        readonly mechanism: SaslMechanism;
        readonly username: string;
        readonly passwordFile: string;
      }
    | undefined;
}

type SaslMechanism = 'scram-sha-512' | 'scram-sha-256' | 'plain';

/** What the files hold. */
export interface KafkaSecurity {
  /** Without a CA those that Node comes with are believed. Undefined: in plain text. */
  readonly ssl?: TlsMaterial | undefined;
  readonly sasl?:
    | {
        readonly mechanism: SaslMechanism;
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}

/** Reads the files, once: whoever changes one starts the app anew. @throws NamedFileError */
export function readKafkaSecurity({ ssl, sasl }: KafkaSecurityFiles): KafkaSecurity {
  return {
    ssl: ssl && readTlsFiles(ssl, 'KAFKA_SSL'),
    sasl: sasl && {
      mechanism: sasl.mechanism,
      username: sasl.username,
      password: readNamedFile('KAFKA_SASL_PASSWORD_FILE', sasl.passwordFile),
    },
  };
}
