import { readFileSync } from 'node:fs';
import { BootstrapError } from './step.mjs';

const plainSpecsFile = new URL('../../tests/support/plain-specs.json', import.meta.url);
const transports = ['plain', 'tls'];

/**
 * What TEST_TRANSPORT says of the clusters of tests/cluster: plain, or TLS and users everywhere, and then which
 * specs stay as they are, and why.
 */
export function describeTransport(env) {
  const wanted = env.TEST_TRANSPORT || 'plain';
  if (!transports.includes(wanted)) {
    throw new BootstrapError(`TEST_TRANSPORT is "${wanted}": say plain or tls`);
  }
  if (wanted === 'plain') return [];
  const plainSpecs = Object.entries(JSON.parse(readFileSync(plainSpecsFile, 'utf8')));
  return [
    'tests/cluster runs over TLS, but for what would say nothing there:',
    ...plainSpecs.map(([name, why]) => `  ${name}: ${why}`),
  ];
}
