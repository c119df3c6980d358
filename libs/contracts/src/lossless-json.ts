import { parse } from 'lossless-json';

// JSON.parse rounds what a number says beyond a double, and of a member that comes twice it takes the last
// one without a word. Metadata is kept as it was written: its numbers are `Digits` from the text to the text.

/** A number of JSON as it was written. */
export class Digits {
  constructor(readonly digits: string) {}
}

/** An object that says two things under one name: whoever reads it cannot know which is meant. */
export class RepeatedMemberError extends Error {
  override readonly name = 'RepeatedMemberError';

  /** @param member its name, behind those of the members that it is within */
  constructor(readonly member: string) {
    super(`${member}: must be given once`);
  }
}

/**
 * Like JSON.parse, but the numbers of each member `metadata` are `Digits`. Costs more than JSON.parse only
 * where there is metadata, or text with colons in it.
 * @throws SyntaxError; RepeatedMemberError; RangeError when it is nested too deeply
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (countMembers(value) !== countColons(text)) keepDigits(value, parseDigits(text));
  return value;
}

/** A whole text whose numbers are `Digits`. @throws as parseJson */
export function parseDigits(text: string): unknown {
  const value = parseWith(text, (digits) => new Digits(digits));
  // The library takes a list for an object with the same members, and so a number for one with its digits.
  if (countColons(text) !== countAllMembers(value))
    parseWith(markKinds(text), (digits) => [digits]);
  return value;
}

function parseWith(text: string, parseNumber: (digits: string) => unknown): unknown {
  return parse(text, undefined, {
    parseNumber,
    onDuplicateKey: ({ key, position }) => {
      const names = namesAround(text.slice(0, position - 1));
      throw new RepeatedMemberError([...names, key].join('.'));
    },
  });
}

const tokens = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g;
const kindMarks: Readonly<Record<string, string>> = {
  '{': '["{",{',
  '}': '}]',
  '[': '["[",[',
  ']': ']]',
};

/** The same JSON with every list and object within a list that says which of the two it is. */
function markKinds(text: string): string {
  return text.replace(tokens, (token) => kindMarks[token] ?? token);
}

/** The members that the end of a text is within, outermost first. */
function namesAround(text: string): string[] {
  const around: (string | undefined)[] = [];
  let name: string | undefined;
  for (const [token, quoted, colon] of text.matchAll(tokens)) {
    if (token === '}' || token === ']') around.pop();
    else if (quoted === undefined) around.push(name);
    name = colon === undefined ? undefined : (JSON.parse(quoted!) as string);
  }
  return around.filter((one) => one !== undefined);
}

/** JSON of what `parseJson` made, with the digits as they came. @throws RangeError when nested too deeply */
export function stringifyJson(value: unknown): string {
  return write(value, Object.keys, ({ digits }) => digits);
}

/** All that is written of a number, with its digits as somebody wants them. */
type WriteNumber = (number: Digits) => string;

/** @param namesOf the members of an object, in the order in which they are written */
export function write(
  value: unknown,
  namesOf: (object: object) => readonly string[],
  writeNumber: WriteNumber,
): string {
  if (value instanceof Digits) return writeNumber(value);
  if (typeof value === 'number' && Number.isFinite(value)) {
    return writeNumber(new Digits(JSON.stringify(value)));
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => write(item ?? null, namesOf, writeNumber)).join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members: string[] = [];
  for (const name of namesOf(value)) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    members.push(`${JSON.stringify(name)}:${write(member, namesOf, writeNumber)}`);
  }
  return `{${members.join(',')}}`;
}

/** How many members JSON.parse kept; infinite where one of them is metadata, whose numbers matter. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (name === 'metadata' && member !== null) return Infinity;
    count += 1;
    if (typeof member === 'object') count += countMembers(member);
  }
  return count;
}

function countAllMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Digits) return 0;
  const values = Object.values(value) as unknown[];
  return values.reduce<number>(
    (sum, one) => sum + countAllMembers(one),
    Array.isArray(value) ? 0 : values.length,
  );
}

/** One a member, and those in text: as many as members, so none came twice. */
function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) count += 1;
  return count;
}

/** Into each outermost metadata of a value, as of the same text read whole. */
function keepDigits(value: unknown, whole: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const from = whole as Record<string, unknown>;
  const to = value as Record<string, unknown>;
  for (const name of Object.keys(to)) {
    if (name === 'metadata') to[name] = from[name];
    else keepDigits(to[name], from[name]);
  }
}
