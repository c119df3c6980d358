import { characterCount, isStorableText } from './field-checks.js';
import { Digits, write } from './lossless-json.js';
import { METADATA_BYTES_MAX, REFERENCE_LENGTH_MAX, type PayInMessage } from './pay-in.js';

// What a client may note on a pay-in or a pay-out: a reference and metadata, both optional.

/** What is wrong with a reference, as a sentence for whoever sent it; none (null too) is fine. */
export function describeReferenceViolation(reference: unknown): string | undefined {
  if (reference === undefined || reference === null) return undefined;
  if (typeof reference !== 'string') return 'must be a string';
  if (!isStorableText(reference)) return 'must be text without NUL and unpaired surrogates';
  if (reference.length > REFERENCE_LENGTH_MAX && characterCount(reference) > REFERENCE_LENGTH_MAX) {
    return `must have at most ${REFERENCE_LENGTH_MAX} characters`;
  }
  return undefined;
}

/** Metadata as it is kept, or what is wrong with it, as a sentence for whoever sent it. */
export type MetadataReading =
  | { readonly text: string; readonly violation?: never }
  | { readonly text?: never; readonly violation: string };

const unstorableEscape = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** @param metadata a JSON object, as `parseJson` reads it */
export function readMetadata(metadata: unknown): MetadataReading {
  if (
    typeof metadata !== 'object' ||
    metadata === null ||
    Array.isArray(metadata) ||
    metadata instanceof Digits
  ) {
    return { violation: 'must be a JSON object' };
  }
  let text: string;
  try {
    text = write(metadata, Object.keys, writeOut);
  } catch (error) {
    if (error instanceof NumberTooLongError) return { violation: tooLong };
    // Out of stack.
    if (error instanceof RangeError) return { violation: 'must not be nested that deeply' };
    throw error;
  }
  if (Buffer.byteLength(text) > METADATA_BYTES_MAX) return { violation: tooLong };
  // Well-formed JSON.stringify escapes exactly what jsonb cannot keep: NUL and unpaired surrogates.
  // "\\u0000" (a backslash, then text) is refused with them: rare, and never wrong to refuse loudly.
  if (unstorableEscape.test(text)) {
    return { violation: 'must be text without NUL and unpaired surrogates' };
  }
  return { text };
}

/**
 * A message as it is published. Its metadata is as long as `readMetadata` found it: with digits as they came
 * (1e000…3) it might be longer than a message may be.
 */
export function stringifyPayIn(message: PayInMessage): string {
  // Without metadata ten times faster.
  if (message.metadata === undefined) return JSON.stringify(message);
  return write(message, Object.keys, writeOut);
}

const tooLong = `must have at most ${METADATA_BYTES_MAX} bytes as JSON, its numbers written out`;

/**
 * One text for all that say the same: members in the order of their names, and a number by its value, so
 * that 1.50 is 1.5 and 1e2 is 100.
 * @param metadata that `readMetadata` finds nothing wrong with
 */
export function canonicalMetadata(metadata: unknown): string {
  return write(
    metadata,
    (object) => Object.keys(object).sort(),
    (number) => {
      const digits = writeOut(number);
      const shortest = digits.includes('.') ? withoutLastZeros(digits) : digits;
      return shortest === '-0' ? '0' : shortest;
    },
  );
}

/** Of a number with a point, which goes too when no digit is left behind it. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, digits[end - 1] === '.' ? end - 1 : end);
}

class NumberTooLongError extends Error {}

/** Without an exponent, every digit: as jsonb keeps a number. */
function writeOut({ digits }: Digits): string {
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(digits) ?? [];
  if (exponent === undefined) return digits;
  const shift = Number(exponent);
  if (Math.abs(shift) > METADATA_BYTES_MAX) throw new NumberTooLongError();
  const all = '0'.repeat(Math.max(0, 1 - whole.length - shift)) + whole + fraction;
  const point = Math.max(1, whole.length + shift);
  const before = all
    .slice(0, point)
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/, '');
  const after = all.slice(point);
  return sign + before + (after === '' ? '' : `.${after}`);
}
