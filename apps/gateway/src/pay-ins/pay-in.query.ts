import { isUuid } from '@billing/contracts';
import { IsOptional } from 'class-validator';
import { Fits } from '../http/validation.js';
import { parseReceipt } from './pay-in-receipt.js';

export class PayInPath {
  @Fits(isUuid, 'must be a UUID')
  commandId!: string;
}

function isReceipt(value: unknown): boolean {
  return typeof value === 'string' && parseReceipt(value) !== undefined;
}

export class PayInQuery {
  @IsOptional()
  @Fits(isReceipt, 'must be a receipt as it was given')
  receipt?: string;
}
