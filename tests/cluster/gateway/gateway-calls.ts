/** A call of docs/api.md, with what a client may vary of it. */
export interface GatewayCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Parts in braces are parameters; the values here are right ones. */
  readonly path: string;
  readonly parts?: Readonly<Record<string, string>>;
  readonly query?: readonly string[];
  /** A right body, or one field of it. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What the calls below name; a spec that has an account, a pay-in or a letter of its own puts it in their place. */
export const sampleNames = {
  account: '12800000001',
  uuid: '0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e0f',
  message: 'billing.payin/4/1207',
  /** Of a hold. */
  capture: '0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e1f',
} as const;

const { account, uuid, capture } = sampleNames;
const note = 'why';
const money = { accountId: account, amount: '1.00', currency: 'USD' };
const payIn = { ...money, commandId: uuid };
const id = { id: account };
const service = { id: '1' };
const letter = { topic: 'billing.payin', partition: '4', offset: '1207' };
const letterPath = '/v1/dead-letters/{topic}/{partition}/{offset}';
const lettersQuery = ['status', 'reason', 'accountId', 'commandId', 'limit', 'cursor'];
const page = ['limit', 'cursor'];
const ids = [sampleNames.message];

const accounts: readonly GatewayCall[] = [
  {
    method: 'POST',
    path: '/v1/accounts',
    body: { username: 'swept', currency: 'USD', initialBalance: '0' },
  },
  {
    method: 'GET',
    path: '/v1/accounts',
    query: ['username', 'prefix', 'state', 'currency', 'createdFrom', 'createdTo', ...page],
  },
  { method: 'GET', path: '/v1/accounts/{id}', parts: id },
  { method: 'DELETE', path: '/v1/accounts/{id}', parts: id, query: ['force', 'reason'] },
  ...['freeze', 'thaw'].map((act) => ({
    method: 'POST' as const,
    path: `/v1/accounts/{id}/${act}`,
    parts: id,
    body: { sides: 'both', reason: note },
  })),
  {
    method: 'POST',
    path: '/v1/accounts/{id}/corrections',
    parts: id,
    body: { amount: '-1.00', currency: 'USD', reason: note },
  },
  { method: 'GET', path: '/v1/accounts/{id}/balance', parts: id },
  { method: 'GET', path: '/v1/accounts/{id}/transactions', parts: id, query: page },
  { method: 'GET', path: '/v1/accounts/{id}/operations', parts: id, query: page },
];

const payments: readonly GatewayCall[] = [
  {
    method: 'POST',
    path: '/v1/pay-ins',
    body: { ...payIn, reference: 'r', metadata: { a: 1 } },
  },
  {
    method: 'GET',
    path: '/v1/pay-ins/{commandId}',
    parts: { commandId: uuid },
    query: ['receipt'],
  },
  {
    method: 'POST',
    path: '/v1/pay-outs',
    body: { ...money, reference: 'r', metadata: { a: 1 }, drain: 'any', deadlineMs: 1_000 },
  },
  { method: 'GET', path: '/v1/pay-outs/{id}', parts: { id: uuid } },
  {
    method: 'POST',
    path: '/v1/pay-outs/{id}/refunds',
    parts: { id: uuid },
    body: { amount: '1.00', currency: 'USD', reference: 'r', metadata: { a: 1 } },
  },
  { method: 'POST', path: '/v1/pay-outs/preview', body: { ...money, drain: 'any' } },
  {
    method: 'POST',
    path: '/v1/charges',
    body: {
      accountId: account,
      serviceId: '1',
      quantity: '0.01',
      reference: 'r',
      metadata: { a: 1 },
    },
  },
  {
    method: 'POST',
    path: '/v1/services',
    body: { name: 'swept', price: '0.0125', currency: 'USD', unit: 'MB' },
  },
  { method: 'GET', path: '/v1/services' },
  { method: 'GET', path: '/v1/services/{id}', parts: service },
  { method: 'POST', path: '/v1/services/{id}/prices', parts: service, body: { price: '60' } },
  { method: 'POST', path: '/v1/services/{id}/retire', parts: service, body: {} },
];

const holds: readonly GatewayCall[] = [
  {
    method: 'POST',
    path: '/v1/holds',
    body: {
      ...money,
      reference: 'r',
      metadata: { a: 1 },
      drain: 'any',
      deadlineMs: 1_000,
      heldForMs: 60_000,
    },
  },
  { method: 'GET', path: '/v1/holds/{id}', parts: { id: uuid } },
  {
    method: 'POST',
    path: '/v1/holds/{id}/capture',
    parts: { id: uuid },
    body: { amount: '1.00', currency: 'USD', reference: 'r', metadata: { a: 1 } },
  },
  {
    method: 'POST',
    path: '/v1/holds/{id}/captures/{captureId}/refunds',
    parts: { id: uuid, captureId: capture },
    body: { amount: '1.00', currency: 'USD', reference: 'r', metadata: { a: 1 } },
  },
  { method: 'POST', path: '/v1/holds/{id}/void', parts: { id: uuid }, body: {} },
  {
    method: 'POST',
    path: '/v1/holds/{id}/extend',
    parts: { id: uuid },
    body: { heldForMs: 120_000 },
  },
];

/** What operators are shown of messages and acts, and do, here or elsewhere. */
const letters: readonly GatewayCall[] = [
  { method: 'GET', path: '/v1/acts', query: ['since', 'until', 'client', 'objectId', ...page] },
  { method: 'GET', path: '/v1/dead-letters', query: lettersQuery },
  { method: 'GET', path: letterPath, parts: letter },
  { method: 'POST', path: `${letterPath}/replay`, parts: letter, body: { note } },
  { method: 'POST', path: `${letterPath}/correct`, parts: letter, body: { payIn, note } },
  { method: 'POST', path: `${letterPath}/discard`, parts: letter, body: { note } },
  { method: 'POST', path: '/v1/dead-letters/bulk', body: { act: 'discard', ids, note } },
  { method: 'GET', path: '/v1/parked-pay-ins', query: page },
  { method: 'POST', path: '/v1/parked-pay-ins/retry', body: { ids, note } },
  { method: 'POST', path: '/v1/parked-pay-ins/discard', body: { ids, note } },
];

const elsewhere = (call: GatewayCall): GatewayCall => ({
  ...call,
  path: call.path.replace('/v1/', '/v1/operations/datacenters/{node}/'),
  parts: { node: '1', ...call.parts },
});

const operations: readonly GatewayCall[] = [
  { method: 'GET', path: '/v1/operations/overview' },
  { method: 'GET', path: '/v1/operations/node' },
  { method: 'GET', path: '/v1/operations/node/history', query: ['metric'] },
  { method: 'GET', path: '/v1/operations/history', query: ['metric'] },
  { method: 'GET', path: '/v1/operations/audit' },
  { method: 'GET', path: '/v1/operations/datacenters/{node}/audit', parts: { node: '1' } },
];

/** Every call with a single answer; bulk pay-ins and the event stream have specs of their own. */
export const gatewayCalls: readonly GatewayCall[] = [
  ...accounts,
  ...payments,
  ...holds,
  ...letters,
  ...operations,
  ...letters.map(elsewhere),
];

export function fillPath(path: string, parts: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '');
}
