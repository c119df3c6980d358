import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Client } from '@billing/auth';
import { formatAmount } from '@billing/money';
import { Database, getAccount, getBalance, listTransactions } from '@billing/database';
import { Access } from '../http/access.js';
import { RequestClient } from '../http/request-client.js';
import { findPage, PageQuery, readCursor } from '../http/page.js';
import { unknownAccount } from '../http/unknown.js';
import type { View } from '../http/field-schemas.js';
import * as operations from './account-operations.js';
import { AccountPath } from './account.query.js';
import { describeBalance, type balanceView, type transactionPageView } from './account.view.js';
import { formatCursor, parseCursor } from './transaction-cursor.js';

/** What an account has and how it came to it. */
@Controller('v1/accounts/:id')
export class MoneyController {
  constructor(private readonly database: Database) {}

  @Get('balance')
  @Access('accounts:read', { operation: operations.getBalance })
  async balance(
    @Param() { id }: AccountPath,
    @RequestClient() { tenants }: Client,
  ): Promise<View<typeof balanceView>> {
    const balance = await getBalance(this.database, id, tenants);
    if (balance === undefined) throw await unknownAccount(this.database, id);
    return describeBalance(id, balance);
  }

  @Get('transactions')
  @Access('accounts:read', { operation: operations.listTransactions })
  async transactions(
    @Param() { id }: AccountPath,
    @Query() query: PageQuery,
    @RequestClient() { tenants }: Client,
  ): Promise<View<typeof transactionPageView>> {
    const after = readCursor(query.cursor, parseCursor);
    const [account, page] = await Promise.all([
      getAccount(this.database, id, tenants),
      findPage(
        query,
        (limit) => listTransactions(this.database, { accountId: id, after, limit, tenants }),
        ({ position }) => formatCursor(position),
      ),
    ]);
    if (account === undefined) throw await unknownAccount(this.database, id);
    return {
      transactions: page.rows.map((entry) => ({
        id: `${entry.nodeId}-${entry.id}`,
        node: entry.nodeId,
        type: entry.operationType,
        operationId: entry.operationId,
        amount: formatAmount(entry.amountMinor, account.currency),
        currency: account.currency,
        reference: entry.reference,
        createdAt: entry.createdAt.toISOString(),
      })),
      nextCursor: page.nextCursor,
    };
  }
}
