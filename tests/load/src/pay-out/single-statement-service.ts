/**
 * A pay-out service as a good engineer writes it for one datacenter: Fastify with schemas for bodies and answers, a pg
 * pool, and one prepared statement a request, which asks for the key, takes the money and writes the entry. It checks no
 * tokens and writes no log, which the gateway does; nothing is drained, and nothing replicates.
 *
 * Started by the benchmark: DATABASE_URL, POOL_MAX, and a port of its own choice told to its parent.
 */
import { createHash, randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const UNIQUE_VIOLATION = '23505';
const CLIENT = 'developer';

interface PayOutBody {
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  readonly reference?: string;
}

interface Answer {
  readonly payOutId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: 'committed';
  readonly createdAt: string;
}

const text = (pattern: string): object => ({ type: 'string', pattern });
const body = {
  type: 'object',
  required: ['accountId', 'amount', 'currency'],
  additionalProperties: false,
  properties: {
    accountId: text('^[1-9][0-9]{0,18}$'),
    amount: text('^[0-9]{1,16}(\\.[0-9]{1,2})?$'),
    currency: text('^[A-Z]{3}$'),
    reference: { type: 'string', minLength: 1, maxLength: 64 },
  },
};
const answer = {
  type: 'object',
  properties: Object.fromEntries(
    ['payOutId', 'accountId', 'amount', 'currency', 'status', 'createdAt'].map((name) => [
      name,
      { type: 'string' },
    ]),
  ),
};

const PAY_OUT = {
  name: 'pay_out',
  // Of two at once with one key the second meets the first one's row, and is rolled back.
  text: `with paid as (
           update single.accounts set balance_minor = balance_minor - $6
            where id = $5 and currency = $7 and not is_deleted and balance_minor >= $6
              and not exists (select from single.idempotency_keys where client_id = $1 and key = $2)
           returning id
         ), kept as (
           insert into single.idempotency_keys (client_id, key, fingerprint, pay_out_id)
           select $1, $2, $3, $4::uuid from paid
         )
         insert into single.entries (account_id, amount_minor, pay_out_id, reference)
         select id, -$6::bigint, $4::uuid, $8 from paid
         returning created_at`,
};

const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  max: Number(process.env['POOL_MAX']),
});

class Refusal extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

async function payOut(request: PayOutBody, key: string): Promise<Answer> {
  const { accountId, amount, currency, reference } = request;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([accountId, amount, currency, reference]))
    .digest();
  const payOutId = randomUUID();
  const values = [
    CLIENT,
    key,
    fingerprint,
    payOutId,
    accountId,
    toMinor(amount),
    currency,
    reference,
  ];
  try {
    const { rows } = await pool.query<{ created_at: Date }>({ ...PAY_OUT, values });
    const [row] = rows;
    if (row !== undefined) return describe(request, payOutId, row.created_at);
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
  }
  return repeat(request, key, fingerprint);
}

function toMinor(amount: string): string {
  const [whole, decimals = ''] = amount.split('.');
  return `${whole}${decimals.padEnd(2, '0')}`;
}

const describe = (request: PayOutBody, payOutId: string, createdAt: Date): Answer => ({
  payOutId,
  accountId: request.accountId,
  amount: request.amount,
  currency: request.currency,
  status: 'committed',
  createdAt: createdAt.toISOString(),
});

/** What came under the key before, or why nothing was paid. */
async function repeat(request: PayOutBody, key: string, fingerprint: Buffer): Promise<Answer> {
  const { rows } = await pool.query<{ fingerprint: Buffer; pay_out_id: string; created_at: Date }>(
    'select fingerprint, pay_out_id, created_at from single.idempotency_keys where client_id = $1 and key = $2',
    [CLIENT, key],
  );
  const [known] = rows;
  if (known?.fingerprint.equals(fingerprint)) {
    return describe(request, known.pay_out_id, known.created_at);
  }
  if (known !== undefined) throw new Refusal(409, 'other content');
  throw new Refusal(422, 'no such account, or not enough in it');
}

const app = fastify();
app.post<{ Body: PayOutBody; Headers: { 'idempotency-key': string } }>(
  '/v1/pay-outs',
  {
    schema: {
      body,
      headers: { type: 'object', required: ['idempotency-key'] },
      response: { 201: answer },
    },
  },
  async (request, reply) => {
    reply.code(201);
    return payOut(request.body, request.headers['idempotency-key']);
  },
);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ port: Number(new URL(address).port) });
process.once('disconnect', () => process.exit(0));
