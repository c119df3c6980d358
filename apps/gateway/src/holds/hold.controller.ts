import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { Access } from '../http/access.js';
import type { View } from '../http/field-schemas.js';
import { withMetadata } from '../http/lossless-answer.js';
import { tellPosition } from '../http/position-headers.js';
import { PayOutSettings } from '../pay-outs/pay-out-settings.js';
import type { PayOutHeaders } from '../pay-outs/pay-out.request.js';
import { readRefund } from '../pay-outs/refund.request.js';
import * as operations from './hold-operations.js';
import { CapturePath, HoldPath } from './hold.query.js';
import { readCapture, readExtension, readHold, readVoid } from './hold.request.js';
import {
  describeCapture,
  describeCaptureRefund,
  describeExtension,
  describeHold,
  describeVoid,
  type captureView,
  type extensionView,
  type voidView,
} from './hold.view.js';

/** Amounts that are held, and captured later (docs/holds.md). */
@Controller('v1/holds')
export class HoldController {
  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly settings: PayOutSettings,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('pay-outs:write', { operation: operations.authoriseHold })
  async create(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const asked = readHold(body, headersOf(request), this.settings);
    const { hold, replayed, position } = await this.coordinator.authoriseHold(asked, request);
    reply.header('location', `/v1/holds/${hold.holdId}`);
    tell(reply, replayed, position);
    return withMetadata(describeHold(hold), hold.metadataJson, reply);
  }

  @Post(':id/capture')
  @HttpCode(201)
  @Access('pay-outs:write', { operation: operations.captureHold })
  async capture(
    @Param() { id }: HoldPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View<typeof captureView>> {
    const asked = readCapture(id.toLowerCase(), body, headersOf(request));
    const captured = await this.coordinator.captureHold(asked, request);
    tell(reply, captured.replayed, captured.position);
    return describeCapture(captured);
  }

  @Post(':id/captures/:captureId/refunds')
  @HttpCode(201)
  @Access('pay-outs:write', { operation: operations.refundCapture })
  async refund(
    @Param() { id, captureId }: CapturePath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const ids = { holdId: id.toLowerCase(), captureId: captureId.toLowerCase() };
    const asked = { ...readRefund(body, headersOf(request)), ...ids };
    const { refund, replayed, position } = await this.coordinator.refundCapture(asked, request);
    reply.header('location', `/v1/holds/${refund.holdId}`);
    tell(reply, replayed, position);
    return withMetadata(describeCaptureRefund(refund), refund.metadataJson, reply);
  }

  @Post(':id/void')
  @HttpCode(200)
  @Access('pay-outs:write', { operation: operations.voidHold })
  async void(
    @Param() { id }: HoldPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View<typeof voidView>> {
    const asked = readVoid(id.toLowerCase(), body, headersOf(request));
    const voided = await this.coordinator.voidHold(asked, request);
    tell(reply, voided.replayed, voided.position);
    return describeVoid(voided);
  }

  @Post(':id/extend')
  @HttpCode(200)
  @Access('pay-outs:write', { operation: operations.extendHold })
  async extend(
    @Param() { id }: HoldPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<View<typeof extensionView>> {
    const asked = readExtension(id.toLowerCase(), body, headersOf(request));
    const extended = await this.coordinator.extendHold(asked, request);
    tell(reply, extended.replayed, '');
    return describeExtension(extended);
  }

  @Get(':id')
  @Access('pay-outs:read', { operation: operations.getHold })
  async get(
    @Param() { id }: HoldPath,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const { hold } = await this.coordinator.getHold({ holdId: id.toLowerCase() }, request);
    return withMetadata(describeHold(hold), hold.metadataJson, reply);
  }
}

function headersOf({ headers }: FastifyRequest): PayOutHeaders {
  const { 'idempotency-key': key, 'idempotency-home': home } = headers;
  return { key, home };
}

function tell(reply: FastifyReply, replayed: boolean, position: string): void {
  if (replayed) reply.header('idempotency-replayed', 'true');
  tellPosition(reply, position);
}
