import { ConfigError, type Environment } from './environment.js';

const EXIT_CONFIG_INVALID = 2;

/**
 * The configuration of this process, read once at its start. When the environment is at fault, says
 * all that is wrong on standard error and ends the process with code 2.
 */
export function loadConfig<T>(app: string, parse: (env: Environment) => T): T {
  try {
    return parse(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${app}: ${error.message}\n`);
    process.exit(EXIT_CONFIG_INVALID);
  }
}
