import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import {
  decodePayIn,
  decodeUnnamedPayIn,
  gatewayOrigin,
  isPayInViolation,
  letterOrigin,
  peekPayIn,
  upstreamOrigin,
} from './index.js';

const good = {
  commandId: '01890a5d-ac96-774b-bcce-b302099a8057',
  accountId: '65',
  amount: '12.50',
  currency: 'USD',
};
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const ids = { commandId: good.commandId, accountId: good.accountId };
const schema = JSON.parse(readFileSync(new URL('./pay-in.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);

describe('a pay-in message', () => {
  test('becomes minor units', () => {
    expect(decodePayIn(bytes({ ...good, reference: 'r', metadata: { a: 1 } }))).toEqual({
      commandId: good.commandId,
      accountId: '65',
      amountMinor: 1250n,
      currency: 'USD',
      reference: 'r',
      metadata: '{"a":1}',
      tenant: 'default',
    });
  });

  test('is of the tenant that it names, and of none whose name is not one', () => {
    const tenantOf = (tenant: unknown): unknown => decodePayIn(bytes({ ...good, tenant }));
    expect(tenantOf('acme')).toMatchObject({ tenant: 'acme' });
    expect(tenantOf(null)).toMatchObject({ tenant: 'default' });
    for (const tenant of ['', 'a b', '*', '-a', 7, ['acme'], 'x'.repeat(64)]) {
      expect(tenantOf(tenant)).toMatchObject({ reason: 'invalid_message', tenant: 'default' });
    }
  });

  describe('in a topic that one upstream service writes', () => {
    const origin = upstreamOrigin('acme');
    const read = (message: object): unknown => decodePayIn(bytes(message), origin);

    test('is of the tenant of the topic', () => {
      expect(read(good)).toMatchObject({ tenant: 'acme', amountMinor: 1250n });
      expect(read({ ...good, tenant: null, client: null })).toMatchObject({ tenant: 'acme' });
    });

    test.each(['tenant', 'client'])('names no %s, whichever it is', (field) => {
      for (const name of ['acme', 'other', 'default', '', 7, ['acme'], {}, false]) {
        expect(read({ ...good, [field]: name })).toMatchObject({
          reason: 'invalid_message',
          detail: `${field}: must not be given: the topic says whose its messages are`,
          ...ids,
          tenant: 'acme',
        });
      }
    });

    test('is that tenant’s, too, when nothing can be read, or it names another', () => {
      const twice = JSON.stringify(good).replace('{', '{"tenant":"other","tenant":"more",');
      for (const value of [null, Buffer.from('{'), Buffer.from(twice), Buffer.alloc(20_000, 32)]) {
        expect(decodePayIn(value, origin)).toMatchObject({
          reason: expect.any(String),
          tenant: 'acme',
        });
      }
      expect(read({ ...good, amount: 1, tenant: 'other' })).toMatchObject({ tenant: 'acme' });
      expect(decodeUnnamedPayIn(bytes({ ...good, tenant: 'acme' }), origin)).toMatchObject({
        detail: expect.stringContaining('must not be given'),
      });
    });
  });

  test('in the topic of gateways alone names its tenant and its client', () => {
    const read = (message: object): unknown => decodePayIn(bytes(message), gatewayOrigin);
    const named = { ...good, tenant: 'acme', client: 'shop' };
    expect(read(named)).toMatchObject({ tenant: 'acme', amountMinor: 1250n });
    for (const field of ['tenant', 'client']) {
      expect(read({ ...named, [field]: undefined })).toMatchObject({
        reason: 'invalid_message',
        detail: expect.stringContaining(`${field}: must be given`),
        ...ids,
        tenant: field === 'tenant' ? 'default' : 'acme',
      });
    }
  });

  test('that an operator replays is judged by its topic, and may name nobody on billing.payin', () => {
    const named = bytes({ ...good, tenant: 'acme' });
    expect(decodePayIn(bytes(good), letterOrigin('billing.payin'))).toMatchObject({
      tenant: 'default',
    });
    expect(decodePayIn(named, letterOrigin('billing.payin'))).toMatchObject({ tenant: 'acme' });
    expect(decodePayIn(named, letterOrigin('billing.payin.shop'))).toMatchObject({
      detail: expect.stringContaining('must not be given'),
    });
  });

  test('with metadata nested thousands deep is refused like any other, in a message of every size', () => {
    for (const depth of [1_000, 3_000, 7_900]) {
      const metadata = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      const text = JSON.stringify(good).replace('}', `,"metadata":${metadata}}`);
      const decoded = decodePayIn(Buffer.from(text));
      if (depth === 1_000) expect(decoded).toMatchObject({ metadata });
      else expect(decoded).toMatchObject({ ...ids, detail: expect.stringMatching(/must not be/) });
    }
  });

  test('keeps every digit of its metadata', () => {
    const metadata = '{"orderId":9007199254740993,"x":[1.50,-0.10,12345678901234567890]}';
    const text = JSON.stringify(good).replace('}', `,"metadata":${metadata}}`);
    expect(decodePayIn(Buffer.from(text))).toMatchObject({ metadata });
  });

  test.each([
    ['amount', '"amount":"100.00"', { commandId: good.commandId, accountId: '65' }],
    ['commandId', `"commandId":"${good.accountId}"`, { commandId: undefined, accountId: '65' }],
    ['accountId', '"account\\u0049d":"66"', { commandId: good.commandId, accountId: undefined }],
    ['metadata.b.a', '"metadata":{"a":1,"b":[{"a":1,"a":2}]}', { commandId: good.commandId }],
    ['later', '"later":1,"later":{"x":":"}', { commandId: good.commandId }],
    ['metadata.commandId', '"metadata":{"commandId":1,"commandId":2}', { ...ids }],
    ['.accountId', '"":{"x\\"y{":[],"accountId":1,"accountId":2}', { ...ids }],
    ['metadata.a', '"metadata":{"a":{},"a":[]}', { ...ids }],
    ['metadata.a', '"metadata":{"x":"{[","a":[1],"a":{"0":1}}', { ...ids }],
    ['metadata.a', '"metadata":{"a":{"digits":"1"},"a":1}', { ...ids }],
    ['metadata.a', '"metadata":{"a":{"__proto__":{}},"a":{}}', { ...ids }],
  ])('that says %s twice is refused', (member, more, told) => {
    const text = JSON.stringify(good).replace('}', `,${more}}`);
    const detail = `${member}: must be given once`;
    const reason = 'invalid_message';
    expect(decodePayIn(Buffer.from(text))).toMatchObject({ ...told, reason, detail });
  });

  test('may say the same twice, and colons in text', () => {
    const text = JSON.stringify({ ...good, reference: '"order": 7' }).replace(
      '}',
      ',"amount":"12.50"}',
    );
    expect(decodePayIn(Buffer.from(text))).toMatchObject({ amountMinor: 1250n });
    const metadata = '"metadata":{"a":[1,{"b":":"}],"a":[1,{"b":":"}]}';
    expect(decodePayIn(Buffer.from(text.replace('}', `,${metadata}}`)))).toMatchObject({
      metadata: '{"a":[1,{"b":":"}]}',
    });
  });

  test('may carry fields this version does not know', () => {
    expect(isPayInViolation(decodePayIn(bytes({ ...good, later: true })))).toBe(false);
  });

  test('says the same with an empty reference, with null and with none', () => {
    const bare = decodePayIn(bytes(good));
    for (const reference of ['', null]) {
      expect(decodePayIn(bytes({ ...good, reference, metadata: null }))).toEqual(bare);
      expect(decodeUnnamedPayIn(bytes({ ...good, reference }))).toEqual(
        decodeUnnamedPayIn(bytes(good)),
      );
    }
  });

  test('keeps 64 characters of reference, counted as code points', () => {
    expect(isPayInViolation(decodePayIn(bytes({ ...good, reference: '😀'.repeat(64) })))).toBe(
      false,
    );
    expect(decodePayIn(bytes({ ...good, reference: '😀'.repeat(65) }))).toMatchObject({
      reason: 'invalid_message',
    });
  });

  test.each<[string, Buffer | null, string, string]>([
    ['no value', null, 'invalid_json', 'no value'],
    ['broken JSON', Buffer.from('{"commandId":'), 'invalid_json', 'not JSON'],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'invalid_json', 'not UTF-8'],
    ['an array', bytes([good]), 'invalid_json', 'object'],
    ['null', bytes(null), 'invalid_json', 'object'],
    ['too many bytes', bytes({ ...good, padding: 'x'.repeat(20_000) }), 'invalid_message', 'bytes'],
    ['no command id', bytes({ ...good, commandId: undefined }), 'invalid_message', 'commandId'],
    ['a bad command id', bytes({ ...good, commandId: '7' }), 'invalid_message', 'commandId'],
    ['a number as account', bytes({ ...good, accountId: 65 }), 'invalid_message', 'accountId'],
    [
      'an account beyond 2^63',
      bytes({ ...good, accountId: '9223372036854775808' }),
      'invalid_message',
      'accountId',
    ],
    ['a number as amount', bytes({ ...good, amount: 12.5 }), 'invalid_message', 'amount'],
    ['a negative amount', bytes({ ...good, amount: '-1' }), 'invalid_message', 'amount'],
    ['a huge amount', bytes({ ...good, amount: '9'.repeat(40) }), 'invalid_message', 'amount'],
    ['an unknown currency', bytes({ ...good, currency: 'XXQ' }), 'unknown_currency', 'currency'],
    ['no currency', bytes({ ...good, currency: 7 }), 'invalid_message', 'currency'],
    ['NUL in the reference', bytes({ ...good, reference: 'a\0' }), 'invalid_message', 'reference'],
    [
      'half a surrogate pair',
      bytes({ ...good, reference: '\ud800' }),
      'invalid_message',
      'reference',
    ],
    ['metadata that is a list', bytes({ ...good, metadata: [] }), 'invalid_message', 'metadata'],
    ['metadata with NUL', bytes({ ...good, metadata: { a: '\0' } }), 'invalid_message', 'metadata'],
    [
      'metadata with half a pair',
      bytes({ ...good, metadata: { a: '\udc00' } }),
      'invalid_message',
      'metadata',
    ],
    [
      'a number beyond 2 KB, written out',
      Buffer.from(JSON.stringify(good).replace('}', ',"metadata":{"a":1e2049}}')),
      'invalid_message',
      'metadata',
    ],
    [
      'metadata beyond 2 KB',
      bytes({ ...good, metadata: { a: 'x'.repeat(2048) } }),
      'invalid_message',
      'metadata',
    ],
  ])('with %s is a violation that says so', (_, value, reason, detail) => {
    const decoded = decodePayIn(value);
    expect(decoded).toMatchObject({ reason, detail: expect.stringContaining(detail) });
  });

  test.each([undefined, null, '7', 7])('whose command id is %j is read without it', (commandId) => {
    expect(decodeUnnamedPayIn(bytes({ ...good, commandId }))).toMatchObject({
      accountId: '65',
      amountMinor: 1250n,
      currency: 'USD',
    });
    expect(decodeUnnamedPayIn(bytes({ ...good, commandId, amount: '0' }))).toMatchObject({
      detail: 'amount: must be above zero',
    });
  });

  test('is glimpsed at whatever it is', () => {
    expect(peekPayIn(bytes({ ...good, amount: 12.5, currency: 'XXQ' }))).toEqual({
      amount: '12.5',
      currency: 'XXQ',
    });
    const nothing = { amount: undefined, currency: undefined };
    expect(peekPayIn(bytes({ amount: { deep: 1 }, currency: null }))).toEqual(nothing);
    for (const value of [null, Buffer.from('{'), bytes([])])
      expect(peekPayIn(value)).toEqual(nothing);
  });

  test('that is refused still tells its ids where they can be read', () => {
    expect(decodePayIn(bytes({ ...good, amount: 1 }))).toMatchObject({
      commandId: good.commandId,
      accountId: '65',
    });
  });

  test('never throws, and what it takes the published schema takes too', () => {
    const field = <T>(usual: T): fc.Arbitrary<unknown> =>
      fc.oneof(
        { weight: 6, arbitrary: fc.constant<unknown>(usual) },
        { weight: 1, arbitrary: fc.jsonValue() },
      );
    const message = fc.record({
      commandId: field(good.commandId),
      accountId: field('65'),
      amount: field('12.50'),
      currency: field('USD'),
      reference: field('r'),
      metadata: field({ a: 1 }),
    });
    let taken = 0;
    fc.assert(
      fc.property(message, (value) => {
        if (isPayInViolation(decodePayIn(bytes(value)))) return true;
        taken += 1;
        return validate(value);
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
