import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { AccountPath, DeleteAccountQuery, FindAccountsQuery } from '../accounts/account.query.js';
import {
  correctionBody,
  openingBody,
  readCorrection,
  readOpening,
} from '../accounts/account.request.js';
import { readStateChange, stateBody } from '../accounts/account-state.request.js';
import { ActsQuery } from '../acts/act.query.js';
import {
  captureBody,
  extensionBody,
  holdBody,
  readCapture,
  readExtension,
  readHold,
} from '../holds/hold.request.js';
import { HttpProblem } from '../http/http-problem.js';
import { describeParameters, type ParameterClass } from '../http/parameter-schemas.js';
import { RequestPipe } from '../http/request.pipe.js';
import * as letters from '../letters/letter.request.js';
import { DeadLettersQuery } from '../letters/letter.query.js';
import { PayInPath, PayInQuery } from '../pay-ins/pay-in.query.js';
import { payInBody, readPayIn } from '../pay-ins/pay-in.request.js';
import { PayOutPath } from '../pay-outs/pay-out.query.js';
import {
  chargeBody,
  payOutBody,
  previewBody,
  readCharge,
  readPayOut,
  readPreview,
} from '../pay-outs/pay-out.request.js';
import { readRefund, refundBody } from '../pay-outs/refund.request.js';
import {
  creationBody,
  pricingBody,
  readCreation,
  readPricing,
} from '../services/service.request.js';

// What a check takes its schema takes. What the schema takes and the check does not is what a schema cannot say.

const limits = { deadlineMs: 5_000, deadlineMaxMs: 30_000 };
const uuid = '0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e0f';
const money = { accountId: '129', amount: '12.50', currency: 'USD' };
const payIn = { commandId: uuid, ...money, reference: 'r', metadata: { a: 1 }, home: 'dc1' };
const ids = ['billing.payin/4/1207'];
const note = 'why';

/** Violations that the description says alone. */
const unsaid =
  /decimals|above zero|must not be zero|must be at most|2\^63|2147483647|not blank|bytes|surrogates|whole number from 1 to 30000|must say why|must not be blank|as it was given|a time in UTC|1 to 300 characters|unless upTo is|must be left out: |no more than upTo/;

const bodies: [string, TSchema, object, (body: unknown) => unknown][] = [
  [
    'an opening',
    openingBody,
    { username: 'ada', currency: 'USD', initialBalance: '1' },
    readOpening,
  ],
  ['a freeze', stateBody, { sides: 'debits', reason: note }, readStateChange],
  ['a correction', correctionBody, { amount: '-1', currency: 'USD', reason: note }, readCorrection],
  ['a pay-in', payInBody, payIn, (body) => refuseViolations(readPayIn(body))],
  [
    'a pay-out',
    payOutBody,
    { ...money, reference: 'r', metadata: {}, drain: 'any', deadlineMs: 1 },
    (body) => readPayOut(body, { key: 'k' }, limits),
  ],
  [
    'a pay-out up to an amount',
    payOutBody,
    { accountId: '129', upTo: '12.50', minimum: '1', currency: 'USD', drain: 'any' },
    (body) => readPayOut(body, { key: 'k' }, limits),
  ],
  [
    'a charge',
    chargeBody,
    {
      accountId: '129',
      serviceId: '7',
      quantity: '2.5',
      reference: 'r',
      metadata: {},
      drain: 'any',
    },
    (body) => readCharge(body, { key: 'k' }, limits),
  ],
  [
    'a refund',
    refundBody,
    { amount: '1', currency: 'USD', reference: 'r', metadata: {} },
    (body) => readRefund(body, { key: 'k' }),
  ],
  [
    'a service',
    creationBody,
    { name: 'Traffic', price: '0.0125', currency: 'USD', unit: 'MB' },
    readCreation,
  ],
  ['a price', pricingBody, { price: '0.0125', validFrom: '2026-01-01T12:00:00Z' }, readPricing],
  [
    'a hold',
    holdBody,
    { ...money, reference: 'r', metadata: {}, drain: 'any', deadlineMs: 1, heldForMs: 1 },
    (body) => readHold(body, { key: 'k' }, limits),
  ],
  [
    'a capture',
    captureBody,
    { amount: '1', currency: 'USD', reference: 'r', metadata: {} },
    (body) => readCapture('x', body, { key: 'k' }),
  ],
  [
    'an extension',
    extensionBody,
    { heldForMs: 1 },
    (body) => readExtension('x', body, { key: 'k' }),
  ],
  ['a preview', previewBody, { ...money, drain: 'any' }, (body) => readPreview(body, limits)],
  ['a replay', letters.replayBody, { note }, (body) => letters.readAct('x', body, 'optional')],
  ['a discard', letters.discardBody, { note }, (body) => letters.readAct('x', body, 'required')],
  [
    'a letter’s correction',
    letters.correctBody,
    { payIn, note },
    (body) => letters.readCorrection('x', body),
  ],
  ['a bulk of letters', letters.bulkBody, { act: 'replay', ids, note }, letters.readBulk],
  ['a retry', letters.retryBody, { ids, note }, letters.readRetry],
  ['a discard of parked ones', letters.parkedDiscardBody, { ids, note }, letters.readParkedDiscard],
];

function refuseViolations(read: unknown): void {
  if (Array.isArray(read)) throw HttpProblem.ofFields(read);
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });

const odd: readonly unknown[] = [
  null,
  true,
  0,
  1,
  30_001,
  1.5,
  -1,
  '',
  ' ',
  'x',
  '\0',
  'a\0b',
  '\ud800',
  '😀'.repeat(64),
  '😀'.repeat(65),
  'x'.repeat(200),
  'x'.repeat(201),
  'x'.repeat(500),
  'x'.repeat(501),
  '0',
  '0.0',
  '01',
  '-5',
  '1.',
  '.5',
  '1e3',
  '12.505',
  '1.12345',
  '10000000000000.00',
  '10000000000000.01',
  '9223372036854775807',
  '9223372036854775808',
  '9'.repeat(40),
  'usd',
  'USD',
  'JPY',
  'XXQ',
  'dc1',
  'dc63',
  'dc64',
  'dc01',
  uuid,
  uuid.toUpperCase(),
  uuid.slice(1),
  'any',
  'local_only',
  'replay',
  'discard',
  [],
  ids,
  [7],
  Array(500).fill('a'),
  Array(501).fill('a'),
  {},
  { a: 'x'.repeat(2_048) },
];

/** What is wrong with it, a line each; undefined: nothing. */
function violationsOf(read: () => unknown): string[] | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return error.facts.errors?.map(({ message }) => message) ?? [error.detail];
  }
}

function compare(
  isTaken: boolean,
  violations: readonly string[] | undefined,
  given: unknown,
): void {
  if (violations === undefined) expect([given, isTaken]).toEqual([given, true]);
  else if (isTaken)
    expect([given, violations.some((one) => unsaid.test(one))]).toEqual([given, true]);
}

describe.each(bodies)('%s', (_, schema, right, read) => {
  const isTaken = ajv.compile(schema);
  const judge = (body: unknown): void =>
    compare(
      isTaken(body),
      violationsOf(() => read(body)),
      body,
    );

  test('that is right, and what lacks a field or has one more', () => {
    expect([isTaken(right), violationsOf(() => read(right))]).toEqual([true, undefined]);
    for (const name of Object.keys(right)) judge({ ...right, [name]: undefined });
    expect(isTaken({ ...right, more: 1 })).toBe(false);
    for (const body of [{}, [], 'x', 7]) judge(body);
  });

  test('with odd values', () => {
    for (const name of Object.keys(right))
      for (const value of odd) judge({ ...right, [name]: value });
  });

  test('with any text', () => {
    const names = fc.constantFrom(...Object.keys(right));
    fc.assert(
      fc.property(
        names,
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-0-9.]{0,20}$/)),
        (name, text) => judge({ ...right, [name]: text }),
      ),
      { numRuns: 300 },
    );
  });
});

const classes: [ParameterClass, Record<string, string>][] = [
  [AccountPath, { id: '129' }],
  [DeleteAccountQuery, { force: 'true', reason: note }],
  [
    FindAccountsQuery,
    {
      username: 'ada',
      prefix: 'a',
      state: 'frozen',
      createdFrom: '2026-01-01T12:00:00Z',
      createdTo: '2026-01-01T12:00:00Z',
      currency: 'USD',
      limit: '1',
      cursor: 'x',
    },
  ],
  [
    ActsQuery,
    {
      since: '2026-01-01T12:00:00Z',
      until: '2026-01-01T12:00:00Z',
      client: 'x',
      objectId: 'x',
      limit: '1',
      cursor: 'x',
    },
  ],
  [
    DeadLettersQuery,
    {
      status: 'open',
      reason: 'invalid_json',
      accountId: '1',
      commandId: uuid,
      limit: '1',
      cursor: 'x',
    },
  ],
  [PayInPath, { commandId: uuid }],
  [PayInQuery, { receipt: '1-0-7' }],
  [PayOutPath, { id: uuid }],
];

describe.each(classes)('%p', (metatype, right) => {
  const pipe = new RequestPipe();
  const described = describeParameters(metatype);

  test('has each parameter described', () => {
    expect(described.map(({ name }) => name).sort()).toEqual(Object.keys(right).sort());
  });

  test('with odd texts', async () => {
    const texts = [
      ...odd.filter((value) => typeof value === 'string'),
      '200',
      '201',
      'true',
      'open',
      'all',
      '1-0-7',
      '2026-02-30T12:00:00Z',
      ...Object.values(right),
    ];
    for (const { name, schema } of described) {
      const isTaken = ajv.compile(schema);
      for (const text of texts) {
        const given = { ...right, [name]: text };
        const refused = await pipe
          .transform(given, { type: 'query', metatype, data: undefined })
          .then(
            () => undefined,
            (error: unknown) =>
              violationsOf(() => {
                throw error;
              }),
          );
        compare(isTaken(valueOf(schema, text)), refused, given);
      }
    }
  });
});

/** A text of a URL, as its schema wants to see it. */
function valueOf(schema: TSchema, text: string): unknown {
  const { type } = schema as { type?: string };
  if (type === 'integer' && /^\d+$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}
