import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PaidOut } from '@billing/contracts';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { Access } from '../http/access.js';
import { withMetadata } from '../http/lossless-answer.js';
import { tellPosition } from '../http/position-headers.js';
import { BulkAnswers } from './bulk-answers.js';
import { givenItems, readBulkCharge, readBulkPayOut } from './bulk-orders.js';
import * as bulkOperations from './bulk-operations.js';
import * as operations from './pay-out-operations.js';
import { PayOutSettings } from './pay-out-settings.js';
import { PayOutPath } from './pay-out.query.js';
import { readCharge, readPayOut, readPreview } from './pay-out.request.js';
import {
  describePayOut,
  describePreview,
  describeRefund,
  type previewView,
} from './pay-out.view.js';
import { readRefund } from './refund.request.js';
import type { View } from '../http/field-schemas.js';

@Controller('v1/pay-outs')
export class PayOutController {
  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly settings: PayOutSettings,
    private readonly bulk: BulkAnswers,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('pay-outs:write', { operation: operations.createPayOut })
  async create(
    // Its body, too: for a parameter of its own Nest makes half a dozen promises.
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const { 'idempotency-key': key, 'idempotency-home': home } = request.headers;
    const asked = readPayOut(request.body, { key, home }, this.settings);
    return answerPaid(await this.coordinator.payOut(asked, request), reply);
  }

  @Post('bulk')
  @HttpCode(200)
  @Access('pay-outs:write', {
    bulk: givenItems,
    stream: true,
    operation: bulkOperations.createPayOuts,
  })
  createMany(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.bulk.answer(readBulkPayOut, request, reply);
  }

  @Post('preview')
  @HttpCode(200)
  @Access('pay-outs:read', { operation: operations.previewPayOut })
  async preview(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<View<typeof previewView>> {
    const asked = readPreview(body, this.settings);
    return describePreview(await this.coordinator.previewPayOut(asked, request));
  }

  @Get(':id')
  @Access('pay-outs:read', { operation: operations.getPayOut })
  async get(
    @Param() { id }: PayOutPath,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const { payOut } = await this.coordinator.getPayOut({ payOutId: id.toLowerCase() }, request);
    return withMetadata(describePayOut(payOut), payOut.metadataJson, reply);
  }

  @Post(':id/refunds')
  @HttpCode(201)
  @Access('pay-outs:write', { operation: operations.refundPayOut })
  async refund(
    @Param() { id }: PayOutPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const { 'idempotency-key': key, 'idempotency-home': home } = request.headers;
    const asked = { ...readRefund(body, { key, home }), payOutId: id.toLowerCase() };
    const { refund, replayed, position } = await this.coordinator.refundPayOut(asked, request);
    reply.header('location', `/v1/pay-outs/${refund.payOutId}`);
    if (replayed) reply.header('idempotency-replayed', 'true');
    tellPosition(reply, position);
    return withMetadata(describeRefund(refund), refund.metadataJson, reply);
  }
}

/** A charge is a pay-out whose amount follows from a price: it is read as one, too. */
@Controller('v1/charges')
export class ChargeController {
  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly settings: PayOutSettings,
    private readonly bulk: BulkAnswers,
  ) {}

  @Post('bulk')
  @HttpCode(200)
  @Access('pay-outs:write', {
    bulk: givenItems,
    stream: true,
    operation: bulkOperations.createCharges,
  })
  createMany(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.bulk.answer(readBulkCharge, request, reply);
  }

  @Post()
  @HttpCode(201)
  @Access('pay-outs:write', { operation: operations.createCharge })
  async create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const { 'idempotency-key': key, 'idempotency-home': home } = request.headers;
    const asked = readCharge(request.body, { key, home }, this.settings);
    return answerPaid(await this.coordinator.payOut(asked, request), reply);
  }
}

function answerPaid({ payOut, replayed, position }: PaidOut, reply: FastifyReply): object | string {
  reply.header('location', `/v1/pay-outs/${payOut.payOutId}`);
  if (replayed) reply.header('idempotency-replayed', 'true');
  tellPosition(reply, position);
  return withMetadata(describePayOut(payOut), payOut.metadataJson, reply);
}
