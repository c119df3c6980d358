import { isUuid } from '@billing/contracts';
import { uuidSchema } from '../http/field-schemas.js';
import { Fits } from '../http/validation.js';

export class PayOutPath {
  @Fits(isUuid, 'must be a UUID', uuidSchema)
  id!: string;
}
