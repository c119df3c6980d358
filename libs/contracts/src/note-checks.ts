import { characterCount, isStorableText } from './field-checks.js';
import { METADATA_BYTES_MAX, REFERENCE_LENGTH_MAX } from './pay-in.js';

// What a client may note on a pay-in or a pay-out: a reference and metadata, both optional.

/** What is wrong with a reference, as a sentence for whoever sent it; none (null too) is fine. */
export function describeReferenceFault(reference: unknown): string | undefined {
  if (reference === undefined || reference === null) return undefined;
  if (typeof reference !== 'string') return 'must be a string';
  if (!isStorableText(reference)) return 'must be text without NUL and unpaired surrogates';
  if (reference.length > REFERENCE_LENGTH_MAX && characterCount(reference) > REFERENCE_LENGTH_MAX) {
    return `must have at most ${REFERENCE_LENGTH_MAX} characters`;
  }
  return undefined;
}

/** Undefined when nested so deeply that JSON.stringify, unlike JSON.parse, runs out of stack. */
export function stringifyMetadata(metadata: unknown): string | undefined {
  try {
    return JSON.stringify(metadata);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const unstorableEscape = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** @param text what `stringifyMetadata` made of it */
export function describeMetadataFault(
  metadata: unknown,
  text: string | undefined,
): string | undefined {
  if (text === undefined) return 'must not be nested that deeply';
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    return 'must be a JSON object';
  }
  if (Buffer.byteLength(text) > METADATA_BYTES_MAX) {
    return `must have at most ${METADATA_BYTES_MAX} bytes as JSON`;
  }
  // Well-formed JSON.stringify escapes exactly what jsonb cannot keep: NUL and unpaired surrogates.
  // "\\u0000" (a backslash, then text) is refused with them: rare, and never wrong to refuse loudly.
  if (unstorableEscape.test(text)) return 'must be text without NUL and unpaired surrogates';
  return undefined;
}
