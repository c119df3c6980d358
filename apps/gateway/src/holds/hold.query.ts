import { isUuid } from '@billing/contracts';
import { Fits } from '../http/validation.js';

export class HoldPath {
  @Fits(isUuid, 'must be a UUID')
  id!: string;
}
