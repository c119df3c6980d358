import { findDevelopmentSecrets } from './development-secrets.js';
import { ConfigError, type Environment } from './environment.js';

const EXIT_CONFIG_INVALID = 2;

/**
 * The configuration of this process, read once at its start. When the environment is at fault, or is
 * production with a development secret, says what is wrong on standard error and ends the process
 * with code 2.
 */
export function loadConfig<T>(app: string, parse: (env: Environment) => T): T {
  try {
    const config = parse(process.env);
    const faults = findDevelopmentSecrets(process.env);
    if (faults.length > 0) throw new ConfigError(faults);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${app}: ${error.message}\n`);
    process.exit(EXIT_CONFIG_INVALID);
  }
}
