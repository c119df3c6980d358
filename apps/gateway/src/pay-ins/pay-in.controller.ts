import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { Client } from '@billing/auth';
import type { PayInMessage } from '@billing/contracts';
import { formatAmount } from '@billing/money';
import { Database, getPayIn, type PayInOutcome } from '@billing/database';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.js';
import { RequestClient, tenantOf } from '../http/request-client.js';
import { withMetadata } from '../http/lossless-answer.js';
import { HttpProblem } from '../http/http-problem.js';
import { requireObject } from '../http/body-checks.js';
import { BulkBody } from '../http/bulk-body.js';
import { refuseWhileCopying } from '../http/unknown.js';
import { payInItems, publishBulk, summarize, type BulkAnswer } from './pay-in-bulk.js';
import { tellPosition } from '../http/position-headers.js';
import { PayInPublisher, type AcceptedPayIn, type PayInSender } from './pay-in-publisher.js';
import { parseReceipt, positionOf } from './pay-in-receipt.js';
import { PayInPath, PayInQuery } from './pay-in.query.js';
import { readPayIn } from './pay-in.request.js';

@Controller('v1/pay-ins')
export class PayInController {
  constructor(
    private readonly publisher: PayInPublisher,
    private readonly database: Database,
  ) {}

  @Post()
  @HttpCode(202)
  @Access('pay-ins:write')
  async create(
    @Body() body: unknown,
    @RequestClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedPayIn> {
    const message = readPayIn(requireObject(body));
    if (Array.isArray(message)) throw HttpProblem.ofFields(message);
    const accepted = await this.publisher.publish(message, senderOf(client));
    reply.header('location', accepted.statusUrl);
    tellPosition(reply, positionOf(accepted.receipt));
    return accepted;
  }

  @Post('bulk')
  @HttpCode(200)
  @Access('pay-ins:write', { bulk: payInItems })
  async createMany(@Body() body: unknown, @RequestClient() client: Client): Promise<BulkAnswer> {
    if (!(body instanceof BulkBody)) {
      throw new HttpProblem('invalid-request', 'the body has no item');
    }
    try {
      const sender = senderOf(client);
      const publish = (message: PayInMessage) => this.publisher.publish(message, sender);
      return summarize(await publishBulk(body.items, publish));
    } finally {
      body.release();
    }
  }

  @Get(':commandId')
  @Access('pay-ins:read')
  async get(
    @Param() path: PayInPath,
    @Query() query: PayInQuery,
    @RequestClient() { tenants }: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const place = query.receipt === undefined ? undefined : parseReceipt(query.receipt);
    const outcome = await getPayIn(this.database, path.commandId, place, tenants);
    if (outcome.status === 'unknown') {
      // An entry of another node may be on its way; what this node took itself would be here.
      await refuseWhileCopying(this.database, outcome.nodeId ?? place?.nodeId);
      throw new HttpProblem(
        'not-found',
        place === undefined
          ? 'no such pay-in has been seen here; with its receipt, one that waits to be applied can be told from one never seen'
          : `no such pay-in has been seen here; node ${place.nodeId} gave the receipt`,
        { members: { commandId: path.commandId } },
      );
    }
    return withMetadata(describe(path.commandId.toLowerCase(), outcome), outcome.metadata, reply);
  }
}

/** @throws HttpProblem 403 of a client of several tenants */
const senderOf = (client: Client): PayInSender => ({ tenant: tenantOf(client), client: client.id });

const timeNames = {
  applied: 'appliedAt',
  forwarded: 'forwardedAt',
  parked: 'parkedAt',
  rejected: 'rejectedAt',
} as const;

function describe(commandId: string, outcome: PayInOutcome): object {
  const { status, nodeId, accountId, amountMinor, currency, occurredAt } = outcome;
  const amount =
    amountMinor === undefined || currency === undefined
      ? undefined
      : formatAmount(amountMinor, currency);
  const timeName = timeNames[status as keyof typeof timeNames];
  return {
    commandId,
    status,
    node: nodeId,
    accountId: accountId?.toString(),
    amount,
    currency,
    reference: outcome.reference,
    ...(timeName !== undefined && { [timeName]: occurredAt?.toISOString() }),
    reason: outcome.reason,
    detail: outcome.detail,
  };
}
