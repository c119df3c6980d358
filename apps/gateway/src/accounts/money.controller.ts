import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Client } from '@billing/auth';
import { formatAmount } from '@billing/money';
import {
  Database,
  getAccount,
  getBalance,
  listTransactions,
  type Balance,
} from '@billing/database';
import { Access } from '../http/access.js';
import { RequestClient } from '../http/request-client.js';
import { findPage, PageQuery, readCursor } from '../http/page.js';
import { unknownAccount } from '../http/unknown.js';
import { AccountPath } from './account.query.js';
import { formatCursor, parseCursor } from './transaction-cursor.js';

/** What an account has and how it came to it. */
@Controller('v1/accounts/:id')
export class MoneyController {
  constructor(private readonly database: Database) {}

  @Get('balance')
  @Access('accounts:read')
  async balance(
    @Param() { id }: AccountPath,
    @RequestClient() { tenants }: Client,
  ): Promise<object> {
    const balance = await getBalance(this.database, id, tenants);
    if (balance === undefined) throw await unknownAccount(this.database, id);
    return describeBalance(id, balance);
  }

  @Get('transactions')
  @Access('accounts:read')
  async transactions(
    @Param() { id }: AccountPath,
    @Query() query: PageQuery,
    @RequestClient() { tenants }: Client,
  ): Promise<object> {
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

/** `spendable` and `stranded` are the total; what is reserved or held is in neither. `clawback` is taken of what is there, or comes. */
export function describeBalance(accountId: string, balance: Balance): object {
  const { currency, isDeleted, totalMinor, clawbackMinor, parts } = balance;
  let spendableMinor = 0n;
  let reservedMinor = 0n;
  let heldMinor = 0n;
  for (const part of parts) {
    if (part.isReachable) spendableMinor += part.balanceMinor;
    reservedMinor += part.reservedMinor;
    heldMinor += part.heldMinor;
  }
  return {
    accountId,
    currency,
    deleted: isDeleted,
    total: formatAmount(totalMinor, currency),
    spendable: formatAmount(spendableMinor, currency),
    reserved: formatAmount(reservedMinor, currency),
    held: formatAmount(heldMinor, currency),
    stranded: formatAmount(totalMinor - spendableMinor, currency),
    clawback: formatAmount(clawbackMinor, currency),
    parts: parts.map((part) => ({
      node: part.nodeId,
      own: part.isOwn,
      reachable: part.isReachable,
      balance: formatAmount(part.balanceMinor, currency),
      reserved: formatAmount(part.reservedMinor, currency),
      held: formatAmount(part.heldMinor, currency),
      asOf: part.asOf?.toISOString() ?? null,
    })),
  };
}
