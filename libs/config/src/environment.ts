import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment does not describe a process that can work. Lists every violation; never a value. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly retryable = false;

  constructor(readonly violations: readonly string[]) {
    super(
      `the environment has ${violations.length} violation(s):\n${violations.map((one) => `  - ${one}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Checks environment variables against a class-validator DTO whose properties bear the variables'
 * names. Empty variables count as absent, so that defaults of the DTO hold.
 * @throws ConfigError with all violations at once
 */
export function readEnvironment<T extends object>(dto: new () => T, env: Environment): T {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const read = plainToInstance(dto, present, {
    enableImplicitConversion: false,
    exposeDefaultValues: true,
  });
  const violations = validateSync(read, { validationError: { target: false, value: false } });
  if (violations.length > 0) throw new ConfigError(violations.flatMap(describe));
  return read;
}

/** What each of them gives. @throws ConfigError with the violations of all of them at once */
export function parseTogether<T extends Readonly<Record<string, () => unknown>>>(
  parts: T,
): { [Name in keyof T]: ReturnType<T[Name]> } {
  const violations: string[] = [];
  const parsed = Object.entries(parts).map(([name, parse]) => {
    try {
      return [name, parse()] as const;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      violations.push(...error.violations);
      return [name, undefined] as const;
    }
  });
  if (violations.length > 0) throw new ConfigError(violations);
  return Object.fromEntries(parsed) as { [Name in keyof T]: ReturnType<T[Name]> };
}

function describe(error: ValidationError): string[] {
  return Object.values(error.constraints ?? {}).map((text) =>
    text.startsWith(error.property) ? text : `${error.property}: ${text}`,
  );
}
