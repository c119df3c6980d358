import { NODE_ID_MAX } from '@billing/contracts';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { nodeSchema } from '../http/field-schemas.js';
import { PageQuery } from '../http/page.js';
import { UtcTime } from '../http/time-parameter.js';
import { Fits } from '../http/validation.js';

export const operationTypes = [
  'pay_in',
  'pay_out',
  'charge',
  'hold',
  'refund',
  'correction',
  'deposit',
  'opening',
  'transfer',
] as const;

/** Which operations on an account are asked for. */
export class HistoryQuery extends PageQuery {
  @IsOptional()
  @IsIn(operationTypes, { message: `must be one of ${operationTypes.join(', ')}` })
  type?: (typeof operationTypes)[number];

  @IsOptional()
  @UtcTime()
  since?: string;

  @IsOptional()
  @UtcTime()
  until?: string;

  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^[1-9]\d?$/.test(value) ? Number(value) : value,
  )
  @Fits(
    (value) =>
      Number.isInteger(value) && (value as number) >= 1 && (value as number) <= NODE_ID_MAX,
    `must be a whole number from 1 to ${NODE_ID_MAX}`,
    nodeSchema,
  )
  node?: number;
}
