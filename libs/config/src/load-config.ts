import { findDevelopmentSecrets } from './development-secrets.js';
import { ConfigError, type Environment } from './environment.js';
import { NamedFileError, readTlsFiles } from './tls-files.js';

const EXIT_CONFIG_INVALID = 2;

/**
 * The configuration of this process, read once at its start. When the environment is wrong, is production
 * with a development secret, or names a file of CAs that Node has passed over, says what is wrong on standard
 * error and ends the process with code 2.
 */
export function loadConfig<T>(app: string, parse: (env: Environment) => T): T {
  try {
    const config = parse(process.env);
    const violations = [...findDevelopmentSecrets(process.env), ...findLostCas(process.env)];
    if (violations.length > 0) throw new ConfigError(violations);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${app}: ${error.message}\n`);
    process.exit(EXIT_CONFIG_INVALID);
  }
}

/** Node only warns. What it cannot read is missed once another server shows its certificate. */
function findLostCas({ NODE_EXTRA_CA_CERTS: caFile }: Environment): string[] {
  if (caFile === undefined || caFile === '') return [];
  try {
    readTlsFiles({ caFile }, '', 'NODE_EXTRA_CA_CERTS');
    return [];
  } catch (error) {
    if (!(error instanceof NamedFileError)) throw error;
    return [error.message];
  }
}
