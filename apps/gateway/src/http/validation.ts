import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { ValidateBy, type ValidationError } from 'class-validator';
import { HttpProblem, type FieldError } from './problem.js';

export const UNKNOWN_FIELD = 'is not a known field';

/** Checks what controllers declare as DTO classes; unknown fields are refused by name. */
export class RequestPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: (errors) => HttpProblem.ofFields(errors.flatMap(toFieldErrors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // class-validator would check an array's elements and let the array itself pass.
    if (metadata.type === 'body' && metadata.metatype !== Object) requireObject(value);
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

/** A check that the whole product shares, rather than one of class-validator that is nearly the same. */
export function Fits(fits: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name: 'fits', validator: { validate: fits, defaultMessage: () => message } });
}

export function requireObject(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpProblem('invalid-request', 'the body must be a JSON object');
  }
  return body as Record<string, unknown>;
}

function toFieldErrors(error: ValidationError): FieldError[] {
  return Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field: error.property,
    message: rule === 'whitelistValidation' ? UNKNOWN_FIELD : message,
  }));
}
