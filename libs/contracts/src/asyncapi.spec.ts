import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import {
  decodePayIn,
  isPayInViolation,
  PAY_IN_DLQ_TOPIC,
  PAY_IN_PARTITIONS,
  PAY_IN_TOPIC,
} from './index.js';

type Node = Record<string, unknown>;

const file = fileURLToPath(new URL('../../../docs/asyncapi.yaml', import.meta.url));
const topologyFile = new URL('../../../tools/cluster/topology.json', import.meta.url);
const document = parse(readFileSync(file, 'utf8')) as Node;

/** What a reference means: a place in this document, or a file beside it. */
function resolveRef(ref: string): unknown {
  const [path = '', pointer = ''] = ref.split('#');
  const root: unknown =
    path === '' ? document : JSON.parse(readFileSync(resolve(dirname(file), path), 'utf8'));
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Node | undefined)?.[key], root);
}

function refsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : refsIn(value),
  );
}

const at = (path: string): Node => resolveRef(`#/${path}`) as Node;
const ajv = new Ajv2020({ allowUnionTypes: true, strict: false });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
const payIn = ajv.compile(resolveRef('../libs/contracts/src/pay-in.schema.json') as object);
const headers = ajv.compile(at('components/schemas/DeadLetterHeaders'));

interface Example {
  name: string;
  payload: Node;
  headers?: Node;
}

test('the document has what AsyncAPI 3 wants, and every reference leads somewhere', () => {
  expect(document['asyncapi']).toBe('3.0.0');
  expect(document['info']).toMatchObject({
    title: expect.any(String),
    version: expect.any(String),
  });
  for (const ref of refsIn(document))
    expect([ref, resolveRef(ref)]).toEqual([ref, expect.any(Object)]);
  for (const [name, operation] of Object.entries(at('operations') as Record<string, Node>)) {
    expect([name, operation['action']]).toEqual([name, expect.stringMatching(/^(send|receive)$/)]);
    const channel = (operation['channel'] as { $ref: string }).$ref;
    // An operation may name messages of its own channel only.
    for (const { $ref } of operation['messages'] as { $ref: string }[]) {
      expect($ref.startsWith(`${channel}/messages/`)).toBe(true);
    }
  }
});

test('channels are the topics there are, with as many partitions', () => {
  expect(at('channels/payIns')).toMatchObject({
    address: PAY_IN_TOPIC,
    bindings: { kafka: { topic: PAY_IN_TOPIC, partitions: PAY_IN_PARTITIONS } },
  });
  expect(at('channels/deadLetters')).toMatchObject({ address: PAY_IN_DLQ_TOPIC });
  const { topics } = JSON.parse(readFileSync(topologyFile, 'utf8')) as {
    topics: { name: string; partitions: number }[];
  };
  for (const { name, partitions } of topics) {
    const channels = Object.values(document['channels'] as Record<string, Node>);
    const channel = channels.find(({ address }) => address === name);
    expect(channel).toMatchObject({ bindings: { kafka: { partitions } } });
  }
});

test.each(at('components/messages/PayIn')['examples'] as Example[])(
  'the pay-in "$name" is one for schema and decoder alike',
  ({ payload }) => {
    expect([payIn(payload), payIn.errors]).toEqual([true, null]);
    expect(isPayInViolation(decodePayIn(Buffer.from(JSON.stringify(payload))))).toBe(false);
  },
);

test.each(at('components/messages/DeadLetter')['examples'] as Example[])(
  'the dead letter "$name" has the headers that the schema wants and the violation it tells',
  (example) => {
    expect([headers(example.headers), headers.errors]).toEqual([true, null]);
    expect(decodePayIn(Buffer.from(JSON.stringify(example.payload)))).toMatchObject({
      reason: example.headers?.['billing-reason'],
      detail: example.headers?.['billing-detail'],
    });
  },
);

test('headers that are missing, unknown or of another reason are noticed', () => {
  const [{ headers: good }] = at('components/messages/DeadLetter')['examples'] as [Example];
  expect(headers({ ...good, 'billing-offset': undefined })).toBe(false);
  expect(headers({ ...good, 'billing-reason': 'bad' })).toBe(false);
  expect(headers({ ...good, 'billing-more': 'x' })).toBe(false);
});
