import { characterCount, isStorableText } from './field-checks.js';

export const NOTE_LENGTH_MAX = 500;
export const BULK_ACTS_MAX = 500;

/** What is wrong with the note of an act, as a sentence for whoever sent it; none is fine unless wanted. */
export function describeNoteViolation(note: unknown, isRequired: boolean): string | undefined {
  if (note === undefined || note === null || note === '') {
    return isRequired ? 'must say why' : undefined;
  }
  if (typeof note !== 'string') return 'must be a string';
  if (note.trim() === '') return 'must not be blank';
  if (!isStorableText(note)) return 'must be text without NUL and unpaired surrogates';
  if (characterCount(note) > NOTE_LENGTH_MAX) {
    return `must have at most ${NOTE_LENGTH_MAX} characters`;
  }
  return undefined;
}
