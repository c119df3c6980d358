import { HttpProblem } from './problem.js';

/**
 * A value that a client sent; its depth is bounded before.
 * @param name what the text is, in a sentence @throws HttpProblem
 */
export function readJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Node's message would quote the text.
    throw new HttpProblem('invalid-request', `${name} is not JSON`);
  }
}
