import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { isIdempotencyKey } from '@billing/contracts';
import { Database, findAccounts, getAccount, type Account } from '@billing/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { Access } from '../http/access.js';
import { HttpProblem } from '../http/problem.js';
import { refuseWhileCopying, unknownAccount } from '../http/unknown.js';
import { AccountPath, FindAccountsQuery, OpenAccountBody } from './account.dto.js';
import { CoordinatorClient } from '../coordinator/coordinator.client.js';

@Controller('v1/accounts')
export class AccountController {
  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly database: Database,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('accounts:write')
  async open(
    @Body() body: OpenAccountBody,
    @Headers('idempotency-key') givenKey: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const idempotencyKey = givenKey ?? randomUUID();
    if (!isIdempotencyKey(idempotencyKey)) {
      throw HttpProblem.ofField('Idempotency-Key', 'must be 1 to 255 printable ASCII characters');
    }
    const { username, currency, initialBalance } = body;
    // On errors too: a client that sent no key can try again under the one it got.
    reply.header('idempotency-key', idempotencyKey);
    const opened = await this.coordinator.openAccount(
      { username, currency, initialBalance: initialBalance ?? '', idempotencyKey },
      request,
    );
    reply.header('location', `/v1/accounts/${opened.accountId}`);
    if (opened.replayed) reply.header('idempotency-replayed', 'true');
    return { id: opened.accountId, username, currency, initialBalance: initialBalance ?? '0' };
  }

  @Get()
  @Access('accounts:read')
  async find(@Query() query: FindAccountsQuery): Promise<object> {
    const { username, cursor, limit } = query;
    // One more than asked for tells whether there is a next page.
    const found = await findAccounts(this.database, {
      username,
      afterId: cursor,
      limit: limit + 1,
    });
    if (found.length === 0) await refuseWhileCopying(this.database);
    const accounts = found.slice(0, limit);
    const last = found.length > limit ? accounts.at(-1) : undefined;
    return { accounts: accounts.map(describeAccount), nextCursor: last?.id.toString() ?? null };
  }

  @Get(':id')
  @Access('accounts:read')
  async get(@Param() { id }: AccountPath): Promise<object> {
    const account = await getAccount(this.database, id);
    if (account === undefined) throw await unknownAccount(this.database, id);
    return describeAccount(account);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('accounts:write')
  async delete(@Param() { id }: AccountPath, @Req() request: FastifyRequest): Promise<void> {
    await this.coordinator.deleteAccount({ accountId: id }, request);
  }
}

function describeAccount(account: Account): object {
  return {
    id: account.id.toString(),
    username: account.username,
    currency: account.currency,
    deleted: account.isDeleted,
    homeNode: Number(account.id % 64n),
    createdAt: account.createdAt.toISOString(),
  };
}
