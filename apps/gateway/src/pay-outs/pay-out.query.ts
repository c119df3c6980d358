import { isUuid } from '@billing/contracts';
import { Fits } from '../http/validation.js';

export class PayOutPath {
  @Fits(isUuid, 'must be a UUID')
  id!: string;
}
