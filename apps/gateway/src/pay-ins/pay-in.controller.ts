import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { Client } from '@billing/auth';
import type { PayInMessage } from '@billing/contracts';
import { Database, getPayIn } from '@billing/database';
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
import * as operations from './pay-in-operations.js';
import { describePayIn } from './pay-in.view.js';
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
  @Access('pay-ins:write', { operation: operations.createPayIn })
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
  @Access('pay-ins:write', { bulk: payInItems, operation: operations.createPayIns })
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
  @Access('pay-ins:read', { operation: operations.getPayIn })
  async get(
    @Param() path: PayInPath,
    @Query() query: PayInQuery,
    @RequestClient() { tenants }: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const place = query.receipt === undefined ? undefined : parseReceipt(query.receipt);
    const outcome = await getPayIn(this.database, path.commandId, place, tenants);
    const { status } = outcome;
    if (status === 'unknown') {
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
    const answer = describePayIn(path.commandId.toLowerCase(), { ...outcome, status });
    return withMetadata(answer, outcome.metadata, reply);
  }
}

/** @throws HttpProblem 403 of a client of several tenants */
const senderOf = (client: Client): PayInSender => ({ tenant: tenantOf(client), client: client.id });
