import { isUuid } from '@billing/contracts';
import { uuidSchema } from '../http/field-schemas.js';
import { Fits } from '../http/validation.js';

export class CapturePath {
  @Fits(isUuid, 'must be a UUID', uuidSchema)
  id!: string;

  @Fits(isUuid, 'must be a UUID', uuidSchema)
  captureId!: string;
}

export class HoldPath {
  @Fits(isUuid, 'must be a UUID', uuidSchema)
  id!: string;
}
