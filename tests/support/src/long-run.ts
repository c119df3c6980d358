/** Set by `npm run test:long`: what is tried once, or for seconds, is tried many times, or for minutes. */
export const isLongRun = process.env['BILLING_TEST_LONG'] === '1';

/** @returns how often, or how much, in this run */
export function inLongRun<T>(long: T, usual: T): T {
  return isLongRun ? long : usual;
}
