import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { Client } from '@billing/auth';
import { Database, getAccount, listOperations } from '@billing/database';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.js';
import { answerLossless } from '../http/lossless-answer.js';
import { findPage, readCursor } from '../http/page.js';
import { RequestClient } from '../http/request-client.js';
import { unknownAccount } from '../http/unknown.js';
import * as operations from './account-operations.js';
import { AccountPath } from './account.query.js';
import { formatCursor, parseCursor } from './history-cursor.js';
import { HistoryQuery } from './history.query.js';
import { describeOperation } from './history.view.js';

/** What was done to an account, each operation once (docs/history.md). */
@Controller('v1/accounts/:id')
export class HistoryController {
  constructor(private readonly database: Database) {}

  @Get('operations')
  @Access('accounts:read', { operation: operations.listOperations })
  async operations(
    @Param() { id }: AccountPath,
    @Query() query: HistoryQuery,
    @RequestClient() { tenants }: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { type: kind, since, until, node: nodeId } = query;
    const wanted = { accountId: id, filter: { kind, since, until, nodeId }, tenants };
    const before = readCursor(query.cursor, parseCursor);
    const [account, page] = await Promise.all([
      getAccount(this.database, id, tenants),
      findPage(
        query,
        (limit) => listOperations(this.database, { ...wanted, before, limit }),
        ({ key }) => formatCursor(key),
      ),
    ]);
    if (account === undefined) throw await unknownAccount(this.database, id);
    const described = page.rows.map((row) => describeOperation(row, account.currency));
    return answerLossless({ operations: described, nextCursor: page.nextCursor }, reply);
  }
}
