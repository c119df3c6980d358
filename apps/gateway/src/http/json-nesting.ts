/** Brackets within brackets that a JSON value may have. Metadata of pay-ins in the topic may have more. */
const JSON_DEPTH_MAX = 64;
export const DEPTH_RULE = 'must not be nested that deeply';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Follows JSON byte by byte, and of it the brackets alone: whether it is JSON is for JSON.parse to say. */
export class JsonNesting {
  depth = 0;
  private isInText = false;
  private isEscaped = false;

  /** False for a byte inside a text or at its end. */
  take(byte: number): boolean {
    if (this.isInText) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isInText = false;
      return false;
    }
    if (byte === QUOTE) this.isInText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.depth -= 1;
    return true;
  }
}

/** Asked before JSON.parse: whoever walks the value later (checks, JSON.stringify) does so by recursion. */
export function isNestedTooDeep(json: Uint8Array): boolean {
  const nesting = new JsonNesting();
  for (let at = 0; at < json.length; at += 1) {
    nesting.take(json[at]!);
    if (nesting.depth > JSON_DEPTH_MAX) return true;
  }
  return false;
}
