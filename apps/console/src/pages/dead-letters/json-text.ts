/** Deeper it is no longer read by people, and its indentation outgrows the text. */
const DEPTH_MAX = 32;

/**
 * JSON on several lines; anything else as it is. Only space between tokens is touched: numbers beyond what
 * JavaScript holds, spaces in strings and members that come twice stay as they came. Time grows with the
 * length of the text.
 */
export function layOutJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return layOut(text) ?? text;
}

function layOut(text: string): string | undefined {
  const pieces: string[] = [];
  let depth = 0;
  for (let at = skipSpace(text, 0); at < text.length;) {
    const end = endOfToken(text, at);
    const token = text.slice(at, end);
    at = skipSpace(text, end);
    if (token === '{' || token === '[') {
      pieces.push(token);
      if (text[at] === '}' || text[at] === ']') {
        pieces.push(text[at]!);
        at = skipSpace(text, at + 1);
        continue;
      }
      depth += 1;
      if (depth > DEPTH_MAX) return undefined;
      pieces.push(lineAt(depth));
    } else if (token === '}' || token === ']') {
      depth -= 1;
      pieces.push(lineAt(depth), token);
    } else if (token === ',') pieces.push(token, lineAt(depth));
    else if (token === ':') pieces.push(': ');
    else pieces.push(token);
  }
  return pieces.join('');
}

const lineAt = (depth: number): string => `\n${'  '.repeat(depth)}`;

/** Of valid JSON: where the token that begins here ends. */
function endOfToken(text: string, start: number): number {
  const first = text[start]!;
  if ('{}[],:'.includes(first)) return start + 1;
  let at = start + 1;
  if (first === '"') {
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return at + 1;
  }
  while (at < text.length && !' \t\n\r{}[],:'.includes(text[at]!)) at += 1;
  return at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text[at]!)) at += 1;
  return at;
}
