import { isUuid } from '@billing/contracts';
import { IsOptional } from 'class-validator';
import { Type } from 'typebox';
import { uuidSchema } from '../http/field-schemas.js';
import { Fits } from '../http/validation.js';
import { parseReceipt } from './pay-in-receipt.js';

export class PayInPath {
  @Fits(isUuid, 'must be a UUID', uuidSchema)
  commandId!: string;
}

function isReceipt(value: unknown): boolean {
  return typeof value === 'string' && parseReceipt(value) !== undefined;
}

/** node-partition-offset */
export const receiptSchema = Type.String({ pattern: '^[1-9][0-9]?-[0-9]{1,5}-[0-9]{1,19}$' });

export class PayInQuery {
  @IsOptional()
  @Fits(isReceipt, 'must be a receipt as it was given', receiptSchema)
  receipt?: string;
}
