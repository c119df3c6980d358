import { Body, Controller, Headers, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { AccountStateResponse } from '@billing/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { Access } from '../http/access.js';
import type { View } from '../http/field-schemas.js';
import { readIdempotencyKey } from '../http/given-key.js';
import { tellPosition } from '../http/position-headers.js';
import { AccountPath } from './account.query.js';
import * as operations from './account-state-operations.js';
import { readStateChange } from './account-state.request.js';
import type { changedStateView } from './account-state.view.js';

/** States of accounts: their home decides, and every node is asked whether it has heard (docs/accounts.md). */
@Controller('v1/accounts')
export class AccountStateController {
  constructor(private readonly coordinator: CoordinatorClient) {}

  @Post(':id/freeze')
  @HttpCode(200)
  @Access('accounts:write', { operation: operations.freezeAccount })
  async freeze(
    @Param() { id }: AccountPath,
    @Body() body: unknown,
    @Headers('idempotency-key') givenKey: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View<typeof changedStateView>> {
    const idempotencyKey = readIdempotencyKey(givenKey, reply);
    const order = { accountId: id, ...readStateChange(body), idempotencyKey };
    return tell(id, await this.coordinator.freezeAccount(order, request), reply);
  }

  @Post(':id/thaw')
  @HttpCode(200)
  @Access('accounts:write', { operation: operations.thawAccount })
  async thaw(
    @Param() { id }: AccountPath,
    @Body() body: unknown,
    @Headers('idempotency-key') givenKey: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View<typeof changedStateView>> {
    const idempotencyKey = readIdempotencyKey(givenKey, reply);
    const order = { accountId: id, ...readStateChange(body), idempotencyKey };
    return tell(id, await this.coordinator.thawAccount(order, request), reply);
  }
}

function tell(
  accountId: string,
  changed: AccountStateResponse,
  reply: FastifyReply,
): View<typeof changedStateView> {
  const { debitsFrozen, creditsFrozen, confirmedNodes, unconfirmedNodes, replayed } = changed;
  if (replayed) reply.header('idempotency-replayed', 'true');
  tellPosition(reply, changed.position);
  return {
    accountId,
    state: debitsFrozen || creditsFrozen ? 'frozen' : 'open',
    debitsFrozen,
    creditsFrozen,
    confirmed: confirmedNodes,
    unconfirmed: unconfirmedNodes,
  };
}
