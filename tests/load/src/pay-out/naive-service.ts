/**
 * A pay-out service as most people would write it, and write it well: Nest on Fastify (the faster of
 * its two servers), class-validator, a pg pool, one transaction a request. It checks no tokens and
 * writes no log, which the gateway does; it knows one datacenter only.
 *
 * Started by the benchmark: DATABASE_URL, POOL_MAX, and a port of its own choice told to its parent.
 */
import 'reflect-metadata';
import { createHash, randomUUID } from 'node:crypto';
import {
  Body,
  ConflictException,
  Controller,
  Headers,
  HttpCode,
  Injectable,
  Module,
  NotFoundException,
  Post,
  UnprocessableEntityException,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import pg from 'pg';

const UNIQUE_VIOLATION = '23505';
const CLIENT = 'developer';

class PayOutBody {
  @Matches(/^[1-9]\d{0,18}$/)
  accountId!: string;

  @Matches(/^\d{1,16}(\.\d{1,2})?$/)
  amount!: string;

  @Matches(/^[A-Z]{3}$/)
  currency!: string;

  @IsOptional()
  @IsString()
  @Length(1, 64)
  reference?: string;
}

interface Answer {
  payOutId: string;
  status: string;
  [field: string]: unknown;
}

@Injectable()
class Connections extends pg.Pool {
  constructor() {
    super({
      connectionString: process.env['DATABASE_URL'],
      max: Number(process.env['POOL_MAX']),
    });
  }
}

@Controller('v1/pay-outs')
class PayOutController {
  constructor(private readonly pool: Connections) {}

  @Post()
  @HttpCode(201)
  async create(
    @Body() body: PayOutBody,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Answer> {
    if (key === undefined) throw new UnprocessableEntityException('Idempotency-Key is missing');
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([body.accountId, body.amount, body.currency, body.reference]))
      .digest();
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const answer = await payOut(client, body, key, fingerprint);
      await client.query('commit');
      return answer;
    } catch (error) {
      await client.query('rollback');
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      return await replay(client, key, fingerprint);
    } finally {
      client.release();
    }
  }
}

async function payOut(
  client: pg.PoolClient,
  body: PayOutBody,
  key: string,
  fingerprint: Buffer,
): Promise<Answer> {
  const amountMinor = Math.round(Number(body.amount) * 100);
  const found = await client.query<{ balance_minor: string; currency: string }>(
    'select balance_minor, currency from naive.accounts where id = $1 and not is_deleted for update',
    [body.accountId],
  );
  const account = found.rows[0];
  if (account === undefined) throw new NotFoundException('no such account');
  if (account.currency !== body.currency) throw new UnprocessableEntityException('currency');
  if (Number(account.balance_minor) < amountMinor) {
    throw new UnprocessableEntityException('insufficient funds');
  }
  await client.query('update naive.accounts set balance_minor = balance_minor - $2 where id = $1', [
    body.accountId,
    amountMinor,
  ]);
  const payOutId = randomUUID();
  const logged = await client.query<{ created_at: Date }>(
    `insert into naive.entries (account_id, amount_minor, pay_out_id, reference)
     values ($1, $2, $3, $4) returning created_at`,
    [body.accountId, -amountMinor, payOutId, body.reference],
  );
  const answer = {
    payOutId,
    accountId: body.accountId,
    amount: body.amount,
    currency: body.currency,
    status: 'committed',
    createdAt: logged.rows[0]!.created_at.toISOString(),
  };
  await client.query(
    'insert into naive.idempotency_keys (client_id, key, fingerprint, answer) values ($1, $2, $3, $4)',
    [CLIENT, key, fingerprint, JSON.stringify(answer)],
  );
  return answer;
}

async function replay(client: pg.PoolClient, key: string, fingerprint: Buffer): Promise<Answer> {
  const known = await client.query<{ fingerprint: Buffer; answer: Answer }>(
    'select fingerprint, answer from naive.idempotency_keys where client_id = $1 and key = $2',
    [CLIENT, key],
  );
  const row = known.rows[0];
  if (row?.fingerprint.equals(fingerprint) !== true) throw new ConflictException('other content');
  return row.answer;
}

@Module({ controllers: [PayOutController], providers: [Connections] })
class NaiveModule {}

const app = await NestFactory.create<NestFastifyApplication>(NaiveModule, new FastifyAdapter(), {
  logger: ['error'],
});
app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }));
await app.listen(0, '127.0.0.1');
process.send?.({ port: Number(new URL(await app.getUrl()).port) });
process.once('disconnect', () => process.exit(0));
