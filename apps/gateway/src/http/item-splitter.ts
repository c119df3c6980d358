import { isUtf8 } from 'node:buffer';
import { MESSAGE_BYTES_MAX, type FieldViolation } from '@billing/contracts';
import { DEPTH_RULE, isNestedTooDeep, JsonNesting } from './json-nesting.js';
import { readJson } from './json-text.js';
import { HttpProblem } from './http-problem.js';

/** What a route does with each item of a bulk body while the rest is still on its way. */
export interface BulkItems<T = unknown> {
  readonly itemsMax: number;
  /** Its handler takes the items one by one, and answers as it goes, rather than all of them at the end. */
  readonly isStreamed?: boolean;
  /** @returns what is wrong with the item, or what the handler will get in its place */
  readonly read: (item: unknown) => T | FieldViolation[];
}

/** Of all items together; beyond it each tells its first alone. */
export const VIOLATIONS_TOLD_MAX = 1_000;

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const LINE_FEED = 0x0a;
/** JSON's spaces; trim() takes others too. */
const BLANK = /^[ \t\r\n]*$/;

/**
 * Cuts a bulk body into its items while its bytes come, and has each one read at once. No more of the body
 * than one item is ever parsed in one go; an item that is too long is not even kept.
 */
abstract class ItemSplitter {
  readonly items: unknown[] = [];
  private count = 0;
  private parts: Buffer[] = [];
  private partBytes = 0;
  private violationsTold = 0;
  private found: HttpProblem | undefined;

  constructor(private readonly bulk: BulkItems) {}

  /** Why nothing of the body is taken. What comes after is not looked at any more. */
  get refusal(): HttpProblem | undefined {
    return this.found;
  }

  write(chunk: Buffer): void {
    if (this.found === undefined) this.split(chunk);
  }

  /** What has been read since it was asked for last. */
  cut(): unknown[] {
    return this.items.splice(0);
  }

  /** Nothing more comes. */
  end(): void {
    if (this.found === undefined) this.finish();
    if (this.found === undefined && this.count === 0) this.refuse('the body has no item');
  }

  protected abstract split(chunk: Buffer): void;
  protected abstract finish(): void;
  /** An item whose text JSON.parse refuses. */
  protected abstract takeBroken(): void;

  protected refuse(detail: string): void {
    this.found = new HttpProblem('invalid-request', detail);
  }

  /** Keeps bytes of the item that goes on in the next chunk. */
  protected hold(bytes: Buffer): void {
    this.partBytes += bytes.length;
    if (this.partBytes > MESSAGE_BYTES_MAX) this.parts = [];
    else if (bytes.length > 0) this.parts.push(bytes);
  }

  /** @returns false when there is nothing but space */
  protected endItem(last: Buffer): boolean {
    this.hold(last);
    const { parts, partBytes } = this;
    this.parts = [];
    this.partBytes = 0;
    if (partBytes > MESSAGE_BYTES_MAX) {
      this.add([{ field: '', message: `must have at most ${MESSAGE_BYTES_MAX} bytes` }]);
      return true;
    }
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const text = bytes.toString('utf8');
    if (BLANK.test(text)) return false;
    if (!isUtf8(bytes)) this.refuse('the body is not UTF-8');
    else if (isNestedTooDeep(bytes)) this.add([{ field: '', message: DEPTH_RULE }]);
    else this.takeText(text);
    return true;
  }

  protected add(item: unknown): void {
    const { itemsMax } = this.bulk;
    if (this.count < itemsMax) {
      this.count += 1;
      this.items.push(Array.isArray(item) ? this.bound(item) : item);
    } else {
      const detail = `the body has more items than are taken at once, at most ${itemsMax}`;
      this.found = new HttpProblem('body-too-large', detail);
    }
  }

  /** An answer of megabytes that nobody reads would take longer than the items themselves. */
  private bound(violations: readonly FieldViolation[]): readonly FieldViolation[] {
    this.violationsTold += violations.length;
    return this.violationsTold > VIOLATIONS_TOLD_MAX ? violations.slice(0, 1) : violations;
  }

  private takeText(text: string): void {
    let item: unknown;
    try {
      item = readJson(text, 'the item');
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      const { errors } = error.facts;
      if (errors === undefined) this.takeBroken();
      else this.add(errors);
      return;
    }
    this.add(this.bulk.read(item));
  }
}

/** Items of a JSON array. What is no JSON anywhere spoils all of it. */
export class ArraySplitter extends ItemSplitter {
  private readonly nesting = new JsonNesting();
  private place: 'before' | 'inside' | 'behind' = 'before';
  private commas = 0;

  protected override split(chunk: Buffer): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (!this.nesting.take(byte)) continue;
      const { depth } = this.nesting;
      if (this.place !== 'inside') {
        this.takeOutside(byte);
        from = at + 1;
      } else if (depth === 0 || (depth === 1 && byte === COMMA)) {
        this.takeInside(byte, chunk.subarray(from, at));
        from = at + 1;
      }
      if (this.refusal !== undefined) return;
    }
    if (this.place === 'inside') this.hold(chunk.subarray(from));
  }

  protected override finish(): void {
    if (this.place === 'before') this.refuse(NO_ARRAY);
    else if (this.place === 'inside') this.takeBroken();
  }

  protected override takeBroken(): void {
    this.refuse('the body is not JSON');
  }

  private takeOutside(byte: number): void {
    if (isSpace(byte)) return;
    if (this.place === 'before' && byte === OPEN_ARRAY) this.place = 'inside';
    else if (this.place === 'before') this.refuse(NO_ARRAY);
    else this.takeBroken();
  }

  private takeInside(byte: number, last: Buffer): void {
    const isItem = this.endItem(last);
    if (byte === COMMA) this.commas += 1;
    else this.place = 'behind';
    const isEmptyArray = !isItem && byte === CLOSE_ARRAY && this.commas === 0;
    const isRight = byte === COMMA ? isItem : byte === CLOSE_ARRAY && (isItem || isEmptyArray);
    if (!isRight && this.refusal === undefined) this.takeBroken();
  }
}

/** Items a line each. One that is no JSON stops no other; empty lines are skipped. */
export class LineSplitter extends ItemSplitter {
  protected override split(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      this.endItem(chunk.subarray(from, at));
      from = at + 1;
      if (this.refusal !== undefined) return;
    }
    this.hold(chunk.subarray(from));
  }

  protected override finish(): void {
    this.endItem(Buffer.alloc(0));
  }

  protected override takeBroken(): void {
    this.add([{ field: '', message: 'must be JSON' }]);
  }
}

const NO_ARRAY = 'the body must be a JSON array, or application/x-ndjson with an item on each line';

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
