import {
  NODE_ID_MAX,
  NOTE_LENGTH_MAX,
  REFERENCE_LENGTH_MAX,
  SERVICE_NAME_LENGTH_MAX,
  UNIT_LENGTH_MAX,
  USERNAME_LENGTH_MAX,
} from '@billing/contracts';
import { currencies } from '@billing/money';
import { Type, type Static, type TOptional, type TSchema } from 'typebox';
import type { FieldCheck } from './body-checks.js';

// What the checks say, as JSON Schema, for the document of the API: a spec compares the two. A schema takes
// whatever its check takes; what it cannot say (decimals of each currency, bytes of metadata) its description says.

/** PostgreSQL keeps no NUL. */
export const WITHOUT_NUL = '^[^\\u0000]*$';
const NOT_BLANK = '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$';
/** 10^15 minor units, with as many decimals as a currency may have. */
const AMOUNT_LENGTH_MAX = 17;
const DECIMAL = '(0|[1-9][0-9]*)(\\.[0-9]{1,4})?';

export const accountIdSchema = Type.String({
  title: 'AccountId',
  description: 'A decimal string from 1 to 2^63-1.',
  pattern: '^[1-9][0-9]{0,18}$',
});

export const amountSchema = Type.String({
  title: 'Amount',
  description:
    'Major units as a decimal string, above zero, at most 10^15 minor units, and with no more decimals than the currency has.',
  pattern: `^${DECIMAL}$`,
  maxLength: AMOUNT_LENGTH_MAX,
});

export const signedAmountSchema = Type.String({
  title: 'SignedAmount',
  description: 'Like an amount, of either sign, and not zero.',
  pattern: `^-?${DECIMAL}$`,
  maxLength: AMOUNT_LENGTH_MAX + 1,
});

/** Of an answer: a sum may be longer than an amount. */
export const sumSchema = Type.String({
  title: 'Sum',
  description: 'Major units as a decimal string, with all decimals of the currency.',
  pattern: '^-?[0-9]+(\\.[0-9]{1,4})?$',
});

export const serviceIdSchema = Type.String({
  title: 'ServiceId',
  description: 'A decimal string from 1 to 2^31-1.',
  pattern: '^[1-9][0-9]{0,9}$',
});

/** Of one unit. */
export const priceSchema = Type.String({
  title: 'Price',
  description:
    'Major units as a decimal string, zero or more; it may have more decimals than the currency.',
  pattern: '^[0-9]{1,14}(\\.[0-9]{1,10})?$',
});

export const quantitySchema = Type.String({
  title: 'Quantity',
  description: 'A decimal string above zero.',
  pattern: '^[0-9]{1,14}(\\.[0-9]{1,10})?$',
});

export const currencySchema = Type.Unsafe<string>({
  title: 'Currency',
  description: 'ISO 4217, list one.',
  type: 'string',
  enum: [...currencies().keys()].sort(),
});

/** Of an answer: there may be more by then. */
export const shownCurrencySchema = Type.String({ pattern: '^[A-Z]{3}$' });

export const uuidSchema = Type.String({
  title: 'Uuid',
  description: 'A UUID of any version or none; best version 7.',
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
});

export const serviceNameSchema = Type.String({
  description: 'Of one service alone.',
  minLength: 1,
  maxLength: SERVICE_NAME_LENGTH_MAX,
  pattern: NOT_BLANK,
});

/** Of an answer. */
export const chargeView = Type.Object(
  {
    serviceId: serviceIdSchema,
    quantity: quantitySchema,
    price: priceSchema,
    unit: Type.Optional(Type.String()),
  },
  { title: 'Charge', description: 'Of a charge, with the price that was used.' },
);

/** What quantities are counted in. */
export const unitSchema = Type.String({
  minLength: 1,
  maxLength: UNIT_LENGTH_MAX,
  pattern: NOT_BLANK,
});

export const usernameSchema = Type.String({
  description: 'Not unique.',
  minLength: 1,
  maxLength: USERNAME_LENGTH_MAX,
  pattern: NOT_BLANK,
});

export const referenceSchema = Type.String({
  maxLength: REFERENCE_LENGTH_MAX,
  pattern: WITHOUT_NUL,
});

export const metadataSchema = Type.Unsafe<Record<string, unknown>>({
  title: 'Metadata',
  description:
    'A JSON object, at most 2,048 bytes with its numbers written out and nested at most 62 deep. Numbers keep all their digits.',
  type: 'object',
});

/** Why something is done. */
export const reasonSchema = Type.String({
  minLength: 1,
  maxLength: NOTE_LENGTH_MAX,
  pattern: NOT_BLANK,
});

/** The same where it need not be said: then it may be empty, too. */
export const noteSchema = Type.String({
  maxLength: NOTE_LENGTH_MAX,
  pattern: `${NOT_BLANK}|^$`,
});

export const datacenterSchema = Type.String({
  title: 'Datacenter',
  description: `dc1 to dc${NODE_ID_MAX}.`,
  pattern: '^dc([1-9]|[1-5][0-9]|6[0-3])$',
});

export const nodeSchema = Type.Integer({ minimum: 1, maximum: NODE_ID_MAX });

export const timeSchema = Type.String({ format: 'date-time' });

export const messageNameSchema = Type.String({
  title: 'MessageName',
  description: 'topic/partition/offset; of offsets that began anew with ~2 and so on behind it.',
});

/** An answer, as the function that makes it returns it: what may lack may be undefined, too. */
export type View<Schema extends TSchema> = LooseOf<Static<Schema>>;

type LooseOf<T> = T extends readonly unknown[]
  ? number extends T['length']
    ? readonly LooseOf<T[number]>[]
    : T
  : T extends object
    ? {
        readonly [Key in keyof T]: object extends Pick<T, Key>
          ? LooseOf<T[Key]> | undefined
          : LooseOf<T[Key]>;
      }
    : T;

/** Of an answer: null is there, and means none. */
export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** Of a body: it may be left out, or be null. */
export const mayLack = (schema: TSchema): TOptional<TSchema> => Type.Optional(orNull(schema));

/** What a table of checks says of a whole body: these fields and no others. */
export function bodySchema<Context>(
  title: string,
  checks: readonly FieldCheck<Context>[],
): TSchema {
  const fields = checks.map(([field, , schema]) => [field, schema] as const);
  return Type.Object(Object.fromEntries(fields), { title, additionalProperties: false });
}
