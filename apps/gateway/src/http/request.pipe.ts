import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import type { FieldViolation } from '@billing/contracts';
import { findUnknown } from './body-checks.js';
import { HttpProblem } from './http-problem.js';

/**
 * Checks parameters of paths and queries, which controllers declare as classes; unknown ones are refused by
 * name. Bodies are checked by body-checks.ts, where each request is read.
 */
export class RequestPipe extends ValidationPipe {
  private readonly knownByClass = new Map<unknown, ReadonlySet<string>>();

  constructor() {
    super({
      transform: true,
      exceptionFactory: (errors) => HttpProblem.ofFields(errors.flatMap(toFieldViolations)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype } = metadata;
    if (type !== 'query' && type !== 'param') return value;
    if (typeof value === 'object' && value !== null) {
      // class-validator's own whitelist lets constructor and toString pass, and Nest drops __proto__.
      const unknown = findUnknown(value, (name) => this.knownOf(metatype).has(name));
      if (unknown.length > 0) throw HttpProblem.ofFields(unknown);
    }
    return super.transform(value, metadata) as Promise<unknown>;
  }

  private knownOf(metatype: ArgumentMetadata['metatype']): ReadonlySet<string> {
    let known = this.knownByClass.get(metatype);
    if (known === undefined) {
      const checks = getMetadataStorage().getTargetValidationMetadatas(metatype!, '', false, false);
      known = new Set(checks.map(({ propertyName }) => propertyName));
      this.knownByClass.set(metatype, known);
    }
    return known;
  }
}

function toFieldViolations(error: ValidationError): FieldViolation[] {
  return Object.values(error.constraints ?? {}).map((message) => ({
    field: error.property,
    message,
  }));
}
