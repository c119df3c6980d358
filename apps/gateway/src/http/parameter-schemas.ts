import { getMetadataStorage } from 'class-validator';
import { Type, type TSchema } from 'typebox';

/** A class that checks the parameters of a path or of a query. */
export type ParameterClass = new () => object;

export interface ParameterSchema {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: TSchema;
}

/** What the checks of such a class say: those of validation.ts, @IsIn, @Matches, and what is there without being given. */
export function describeParameters(parameters: ParameterClass): ParameterSchema[] {
  const checks = getMetadataStorage().getTargetValidationMetadatas(parameters, '', false, false);
  const defaults = new parameters() as Readonly<Record<string, unknown>>;
  const names = [...new Set(checks.map(({ propertyName }) => propertyName))];
  return names.map((name) => {
    const own = checks.filter(({ propertyName }) => propertyName === name);
    const check = own.find(({ type }) => type !== 'conditionalValidation');
    const preset = defaults[name];
    const isOptional = own.some(({ type }) => type === 'conditionalValidation');
    return {
      name,
      isRequired: !isOptional && preset === undefined,
      schema: { ...schemaOf(check, name), ...(preset !== undefined && { default: preset }) },
    };
  });
}

interface KnownCheck {
  readonly name?: string | undefined;
  readonly constraints?: readonly unknown[];
  readonly context?: unknown;
}

function schemaOf(check: KnownCheck | undefined, name: string): TSchema {
  const [constraint] = check?.constraints ?? [];
  switch (check?.name) {
    case 'check':
      return check.context as TSchema;
    case 'isIn':
      return Type.Unsafe({ type: 'string', enum: constraint });
    case 'matches':
      return Type.String({ pattern: (constraint as RegExp).source });
    default:
      throw new TypeError(`nobody knows how ${name} is checked: parameter-schemas.ts`);
  }
}
