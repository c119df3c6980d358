import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment does not describe a process that can work. Lists every fault; never a value. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly retryable = false;

  constructor(readonly faults: readonly string[]) {
    super(
      `the environment has ${faults.length} fault(s):\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Checks environment variables against a class-validator DTO whose properties bear the variables'
 * names. Empty variables count as absent, so that defaults of the DTO hold.
 * @throws ConfigError with all faults at once
 */
export function readEnvironment<T extends object>(dto: new () => T, env: Environment): T {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const read = plainToInstance(dto, present, {
    enableImplicitConversion: false,
    exposeDefaultValues: true,
  });
  const faults = validateSync(read, { validationError: { target: false, value: false } });
  if (faults.length > 0) throw new ConfigError(faults.flatMap(describe));
  return read;
}

function describe(error: ValidationError): string[] {
  return Object.values(error.constraints ?? {}).map((text) =>
    text.startsWith(error.property) ? text : `${error.property}: ${text}`,
  );
}
