import { createIdempotencyKey, homeOfKey, nodeOfPayOut, parseDatacenter } from './key-home.js';

const uuid = '01900000-0000-7000-8000-000000000000';

describe('a key', () => {
  test.each([1, 9, 63])('that was made for dc%i says so, and is one of its own', (nodeId) => {
    const keys = [createIdempotencyKey(nodeId), createIdempotencyKey(nodeId)];
    expect(keys.map(homeOfKey)).toEqual([nodeId, nodeId]);
    expect(keys[0]).not.toBe(keys[1]);
    expect(keys[0]).toMatch(/^[\da-f-]{36}@dc\d+$/);
  });

  test('may be written in capitals', () => {
    expect(homeOfKey(`${uuid}@DC2`.toUpperCase())).toBe(2);
  });

  test.each([
    uuid,
    'order-17',
    '',
    `${uuid}@`,
    `${uuid}@dc`,
    `${uuid}@dc1 `,
    `x${uuid}@dc1`,
    `${uuid.replace('7', 'z')}@dc1`,
    'someone@dc1',
  ])('of another form names no home: %j', (key) => {
    expect(homeOfKey(key)).toBeUndefined();
  });
});

test.each(['dc0', 'dc01', 'dc64', 'dc100'])(
  'no datacenter is called %s: a key with it has no use',
  (name) => {
    expect(homeOfKey(`${uuid}@${name}`)).toBe(0);
  },
);

test.each([
  ['dc1', 1],
  ['dc63', 63],
  ['dc64', undefined],
  ['dc0', undefined],
  ['dc01', undefined],
  ['DC1', undefined],
  ['1', undefined],
  ['', undefined],
])('%j is node %s', (text, nodeId) => {
  expect(parseDatacenter(text)).toBe(nodeId);
});

test.each([
  ['6abe1f3c-92d1-8001-9a3b-5f0c2e1d7b64', 1],
  ['6abe1f3c-92d1-813f-9a3b-5f0c2e1d7b64', 63],
  ['6abe1f3c-92d1-8202-9a3b-5f0c2e1d7b64', 2],
  ['6abe1f3c-92d1-8301-9a3b-5f0c2e1d7b64', undefined],
  ['6abe1f3c-92d1-8000-9a3b-5f0c2e1d7b64', undefined],
  ['6abe1f3c-92d1-8040-9a3b-5f0c2e1d7b64', undefined],
  ['6abe1f3c-92d1-7001-9a3b-5f0c2e1d7b64', undefined],
])('the id %s is of node %s', (id, nodeId) => {
  expect(nodeOfPayOut(id)).toBe(nodeId);
});
