import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tool = fileURLToPath(new URL('check-api.mjs', import.meta.url));
const promised = fileURLToPath(new URL('../docs/openapi.promised.json', import.meta.url));

interface Document {
  paths: Record<string, unknown>;
  components: {
    schemas: Record<string, { properties: Record<string, object>; required: string[] }>;
  };
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'api-spec-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is said of the document once it was changed so. */
function check(change: (document: Document) => unknown): { status: number | null; said: string } {
  const document = JSON.parse(readFileSync(promised, 'utf8')) as Document;
  change(document);
  const file = join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(document));
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, file], {
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

const schemaOf = ({ components }: Document, name: string) => components.schemas[name]!;

test.each<[string, (document: Document) => unknown, string]>([
  [
    'a field of an answer is gone',
    (one) => delete schemaOf(one, 'Balance').properties['total'],
    'total',
  ],
  [
    'a field is required',
    (one) => schemaOf(one, 'AccountOpening').required.push('currency'),
    'currency',
  ],
  ['a path is gone', (one) => delete one.paths['/v1/services'], '/v1/services'],
])(
  'clients break when %s',
  (_, change, name) => {
    const { status, said } = check(change);
    // Where there is no Go nothing is compared, and that is said.
    if (said.startsWith('not compared: ')) return expect(status).toBe(0);
    expect([status, said]).toEqual([1, expect.stringContaining(name)]);
  },
  200_000,
);

test.each<[string, (document: Document) => unknown]>([
  ['is the same', () => undefined],
  ['answers more', (one) => (schemaOf(one, 'Balance').properties['more'] = { type: 'string' })],
  [
    'takes more',
    (one) => (schemaOf(one, 'AccountOpening').properties['more'] = { type: 'string' }),
  ],
])('clients do not break when the document %s', (_, change) => {
  expect(check(change).status).toBe(0);
});
