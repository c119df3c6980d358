import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeTransport } from './test-transport.mjs';

const clone = fileURLToPath(new URL('../..', import.meta.url));
const plainSpecs = Object.keys(
  JSON.parse(readFileSync(`${clone}/tests/support/plain-specs.json`, 'utf8')) as object,
);

test('nothing is said of clusters in plain text, which they are unless told otherwise', () => {
  for (const env of [{}, { TEST_TRANSPORT: '' }, { TEST_TRANSPORT: 'plain' }]) {
    expect(describeTransport(env)).toEqual([]);
  }
});

test('over TLS each spec that stays plain is named, and is there', () => {
  const said = describeTransport({ TEST_TRANSPORT: 'tls' }).join('\n');
  for (const name of plainSpecs) {
    expect(said).toContain(name);
    expect([name, existsSync(`${clone}/tests/cluster/${name}.spec.ts`)]).toEqual([name, true]);
  }
});

test('another word is refused', () => {
  expect(() => describeTransport({ TEST_TRANSPORT: 'ssl' })).toThrow('say plain or tls');
});
