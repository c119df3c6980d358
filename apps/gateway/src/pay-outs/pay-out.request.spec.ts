import { HttpProblem } from '../http/http-problem.js';
import { readPayOut, readPreview } from './pay-out.request.js';

const good = { accountId: '17', amount: '12.50', currency: 'USD' };
const limits = { deadlineMs: 5_000, deadlineMaxMs: 30_000 };

function violationsOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    return error instanceof HttpProblem ? error.facts.errors?.map(({ field }) => field) : error;
  }
  return [];
}

describe('a pay-out as a client sends it', () => {
  test('has defaults', () => {
    const bare = {
      ...good,
      reference: '',
      metadataJson: '',
      idempotencyKey: 'key',
      drain: 'DRAIN_ANY',
      deadlineMs: 5_000,
      homeNodeId: 0,
      charge: null,
      upTo: null,
    };
    expect(readPayOut(good, { key: 'key' }, limits)).toEqual(bare);
    const nulls = { reference: null, metadata: null, drain: null, deadlineMs: null };
    expect(readPayOut({ ...good, ...nulls }, { key: 'key' }, limits)).toEqual(bare);
  });

  test('keeps what it says', () => {
    const more = {
      reference: 'order 7',
      metadata: { order: 7 },
      drain: 'local_only',
      deadlineMs: 30_000,
    };
    expect(readPayOut({ ...good, ...more }, { key: 'key' }, limits)).toMatchObject({
      reference: 'order 7',
      metadataJson: '{"order":7}',
      drain: 'DRAIN_LOCAL_ONLY',
      deadlineMs: 30_000,
    });
  });

  test('takes what there is up to an amount, in the place of one', () => {
    const { amount: _amount, ...rest } = good;
    const read = (more: object) => readPayOut({ ...rest, ...more }, { key: 'key' }, limits);
    const asked = { exhausted: false, unreachableNodes: [] };
    const upTo = { ...asked, upTo: '80.00', minimum: '' };
    expect(read({ upTo: '80.00' })).toMatchObject({ amount: '', upTo });
    const minimum = { ...upTo, minimum: '80' };
    expect(read({ upTo: '80.00', minimum: '80' })).toMatchObject({ upTo: minimum });
  });

  test.each([
    [{ upTo: '80.00' }, ['amount']],
    [{ amount: null, upTo: '0' }, ['upTo']],
    [{ amount: null, upTo: 80 }, ['upTo']],
    [{ amount: null, upTo: '80', minimum: '80.01' }, ['minimum']],
    [{ amount: null, upTo: '80', minimum: '-1' }, ['minimum']],
    [{ amount: null, upTo: '80', minimum: 0 }, ['minimum']],
    [{ minimum: '1' }, ['minimum']],
    [{ accountId: 17 }, ['accountId']],
    [{ accountId: '9223372036854775808' }, ['accountId']],
    [{ amount: 12.5 }, ['amount']],
    [{ amount: '0' }, ['amount']],
    [{ amount: '-1.00' }, ['amount']],
    [{ amount: '1.001' }, ['amount']],
    [{ amount: undefined }, ['amount']],
    [{ currency: 'JPY' }, ['amount']],
    [{ currency: 'XXX' }, ['currency']],
    [{ currency: undefined }, ['currency']],
    [{ reference: 'x'.repeat(65) }, ['reference']],
    [{ metadata: [] }, ['metadata']],
    [{ metadata: { x: 'y'.repeat(2_048) } }, ['metadata']],
    [{ metadata: { x: '\0' } }, ['metadata']],
    [{ drain: 'all' }, ['drain']],
    [{ drain: 'toString' }, ['drain']],
    [{ deadlineMs: '5000' }, ['deadlineMs']],
    [{ deadlineMs: 0 }, ['deadlineMs']],
    [{ deadlineMs: 1.5 }, ['deadlineMs']],
    [{ deadlineMs: 30_001 }, ['deadlineMs']],
    [{ ammount: '1' }, ['ammount']],
    [{ commandId: 'x' }, ['commandId']],
    [{ more: 1, accountId: '0', amount: 'x' }, ['more', 'accountId', 'amount']],
    [JSON.parse('{"__proto__":{"amount":"1"}}') as object, ['__proto__']],
  ])('with %j is refused by field: %j', (change, fields) => {
    const body = Object.create(null) as Record<string, unknown>;
    for (const [name, value] of Object.entries({ ...good })) body[name] = value;
    for (const [name, value] of Object.entries(change)) {
      Object.defineProperty(body, name, { value, enumerable: true });
    }
    expect(violationsOf(() => readPayOut(body, { key: 'key' }, limits))).toEqual(fields);
  });

  test.each([undefined, '', 'a\u00e9', 'x'.repeat(256), ['a', 'b']])(
    'under the key %j is refused',
    (key) => {
      expect(violationsOf(() => readPayOut(good, { key }, limits))).toEqual(['Idempotency-Key']);
      expect(violationsOf(() => readPayOut({ ...good, amount: '' }, { key }, limits))).toEqual([
        'amount',
        'Idempotency-Key',
      ]);
    },
  );

  test.each([
    ['dc1', 1],
    ['dc63', 63],
  ])('whose key has its home at %s says so', (home, homeNodeId) => {
    expect(readPayOut(good, { key: 'key', home }, limits)).toMatchObject({ homeNodeId });
  });

  test.each(['', 'dc0', 'dc64', 'dc01', '1', 'DC1', 'dc1, dc2'])(
    'whose key has its home at %j is refused',
    (home) => {
      expect(violationsOf(() => readPayOut(good, { key: 'key', home }, limits))).toEqual([
        'Idempotency-Home',
      ]);
    },
  );

  test.each([null, undefined, 'text', 7, [], [good]])('%j is no pay-out', (body) => {
    expect(() => readPayOut(body, { key: 'key' }, limits)).toThrow(/must be a JSON object/);
    expect(() => readPreview(body, limits)).toThrow(/must be a JSON object/);
  });

  test('with metadata nested thousands deep is refused, not an accident', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`) as object;
    expect(
      violationsOf(() => readPayOut({ ...good, metadata: deep }, { key: 'key' }, limits)),
    ).toEqual(['metadata']);
  });
});

test('a pay-out that is only asked about has no reference, metadata or deadline', () => {
  expect(readPreview({ ...good, drain: 'any' }, limits)).toEqual({ ...good, drain: 'DRAIN_ANY' });
  const more = { reference: 'x', metadata: {}, deadlineMs: 1 };
  expect(violationsOf(() => readPreview({ ...good, ...more }, limits))).toEqual(Object.keys(more));
});
