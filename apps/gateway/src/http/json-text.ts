import { parseJson, RepeatedMemberError } from '@billing/contracts';
import { shorten } from './body-checks.js';
import { HttpProblem, MUST_BE_ONCE } from './http-problem.js';

/**
 * A value that a client sent, the digits of its metadata as they came.
 * @param name what the text is, in a sentence @throws HttpProblem
 */
export function readJson(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof RepeatedMemberError) {
      throw HttpProblem.ofField(shorten(error.member), MUST_BE_ONCE);
    }
    if (error instanceof RangeError) {
      throw new HttpProblem('invalid-request', `${name} must not be nested that deeply`);
    }
    // Node's message would quote the body.
    throw new HttpProblem('invalid-request', `${name} is not JSON`);
  }
}
