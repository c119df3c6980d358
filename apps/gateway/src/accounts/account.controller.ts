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
import type { Client } from '@billing/auth';
import { isAccountId } from '@billing/contracts';
import { Database, getAccount, listAccounts } from '@billing/database';
import { formatAmount, parseSignedAmount } from '@billing/money';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../http/access.js';
import { RequestClient } from '../http/request-client.js';
import { readIdempotencyKey } from '../http/given-key.js';
import { findPage, readCursor, unknownCursor } from '../http/page.js';
import { refuseWhileCopying, unknownAccount } from '../http/unknown.js';
import { AccountPath, DeleteAccountQuery, FindAccountsQuery } from './account.query.js';
import { readCorrection, readDeletion, readOpening } from './account.request.js';
import * as operations from './account-operations.js';
import {
  describeAccount,
  type accountPageView,
  type accountView,
  type madeCorrectionView,
  type openedAccountView,
} from './account.view.js';
import type { View } from '../http/field-schemas.js';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { tellPosition } from '../http/position-headers.js';

@Controller('v1/accounts')
export class AccountController {
  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly database: Database,
  ) {}

  /** With money the coordinator wants accounts:fund as well. */
  @Post()
  @HttpCode(201)
  @Access('accounts:write', { operation: operations.openAccount })
  async open(
    @Body() body: unknown,
    @Headers('idempotency-key') givenKey: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View<typeof openedAccountView>> {
    const idempotencyKey = readIdempotencyKey(givenKey, reply);
    const { username, currency, initialBalance } = readOpening(body);
    const opened = await this.coordinator.openAccount(
      { username, currency, initialBalance: initialBalance ?? '', idempotencyKey },
      request,
    );
    reply.header('location', `/v1/accounts/${opened.accountId}`);
    if (opened.replayed) reply.header('idempotency-replayed', 'true');
    tellPosition(reply, opened.position);
    const { accountId } = opened;
    return { accountId, id: accountId, username, currency, initialBalance: initialBalance ?? '0' };
  }

  @Get()
  @Access('accounts:read', { operation: operations.findAccounts })
  async find(
    @Query() query: FindAccountsQuery,
    @RequestClient() { tenants }: Client,
  ): Promise<View<typeof accountPageView>> {
    const afterId = readCursor(query.cursor, (text) => (isAccountId(text) ? text : undefined));
    if (afterId !== undefined && !(await getAccount(this.database, afterId, tenants))) {
      throw unknownCursor();
    }
    const { rows, nextCursor } = await findPage(
      query,
      (limit) => listAccounts(this.database, query, { afterId, limit, tenants }),
      ({ id }) => id.toString(),
    );
    if (rows.length === 0) await refuseWhileCopying(this.database);
    return { accounts: rows.map(describeAccount), nextCursor };
  }

  @Get(':id')
  @Access('accounts:read', { operation: operations.getAccount })
  async get(
    @Param() { id }: AccountPath,
    @RequestClient() { tenants }: Client,
  ): Promise<View<typeof accountView>> {
    const account = await getAccount(this.database, id, tenants);
    if (account === undefined) throw await unknownAccount(this.database, id);
    return describeAccount(account);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('accounts:write', { operation: operations.deleteAccount })
  async delete(
    @Param() { id }: AccountPath,
    @Query() query: DeleteAccountQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const deletion = { accountId: id, ...readDeletion(query) };
    const { position } = await this.coordinator.deleteAccount(deletion, request);
    tellPosition(reply, position);
  }

  /** An operator's correction of this datacenter's part. */
  @Post(':id/corrections')
  @HttpCode(201)
  @Access('operator:act', { operation: operations.correctBalance })
  async correct(
    @Param() { id }: AccountPath,
    @Body() body: unknown,
    @Headers('idempotency-key') givenKey: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View<typeof madeCorrectionView>> {
    const idempotencyKey = readIdempotencyKey(givenKey, reply);
    const { amount, currency, reason } = readCorrection(body);
    const { correctionId, balance, replayed, position } = await this.coordinator.correctBalance(
      { accountId: id, amount, currency, reason, idempotencyKey },
      request,
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    tellPosition(reply, position);
    // As it is in the history, however it was written.
    const minor = parseSignedAmount(amount, currency) as bigint;
    const corrected = formatAmount(minor, currency);
    return { correctionId, accountId: id, amount: corrected, currency, reason, balance };
  }
}
