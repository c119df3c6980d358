import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

/** A whole number with bounds; anything else stays text and fails the check. */
export function WholeNumber(minimum: number, maximum: number): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
    )(target, property as string);
    IsInt()(target, property as string);
    Min(minimum)(target, property as string);
    Max(maximum)(target, property as string);
  };
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** Variables that every app reads. */
export class CommonVariables {
  @IsIn(['development', 'test', 'production'])
  NODE_ENV: 'development' | 'test' | 'production' = 'development';

  @WholeNumber(1, 63)
  BILLING_NODE_ID!: number;

  @IsIn(logLevels)
  LOG_LEVEL: (typeof logLevels)[number] = 'info';

  /** Of health with its details and metrics, which nobody needs a token for. */
  @IsString()
  MANAGEMENT_HOST: string = '127.0.0.1';

  @WholeNumber(0, 65_535)
  MANAGEMENT_PORT!: number;

  /** Files of TLS stand in its query: ?sslmode=verify-full&sslrootcert=/path. */
  @Matches(/^postgres(ql)?:\/\/[^:@/]+@[^/]+\/[^/?]+(\?(?!(\S*&)?password=)\S*)?$/, {
    message:
      'DATABASE_URL must look like postgres://role@host:port/database, without a password; ?sslmode=verify-full&sslrootcert=/path may follow',
  })
  DATABASE_URL!: string;

  @IsOptional()
  @IsString()
  DATABASE_PASSWORD?: string;

  @IsOptional()
  @IsString()
  DATABASE_PASSWORD_FILE?: string;

  /** Production without encryption, on a network where nobody else is. */
  @IsIn(['true', 'false'])
  DATABASE_ALLOW_PLAINTEXT: 'true' | 'false' = 'false';

  @WholeNumber(1, 200)
  DATABASE_POOL_MAX: number = 8;

  /** Between two readings of what metrics ask PostgreSQL and Kafka. */
  @WholeNumber(100, 60_000)
  METRICS_INTERVAL_MS: number = 5_000;
}

/** host:port,host:port */
export const BROKER_LIST = /^[^\s:,]+:\d{1,5}(,[^\s:,]+:\d{1,5})*$/;
