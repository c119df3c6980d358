import { Body, Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { Client } from '@billing/auth';
import { Database, findParkedPayIns } from '@billing/database';
import type { FastifyRequest } from 'fastify';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { Access } from '../http/access.js';
import { RequestClient } from '../http/request-client.js';
import { findPage, PageQuery, readCursor } from '../http/page.js';
import { describeResult } from './dead-letter.controller.js';
import { formatCursor, parseCursor } from './letter-cursor.js';
import { readParkedDiscard, readRetry } from './letter.request.js';
import * as operations from './letter-operations.js';
import {
  describeParked,
  type actResultsView,
  type parkedPageView,
  type retryResultsView,
} from './letter.view.js';
import type { View } from '../http/field-schemas.js';

/** Pay-ins of this datacenter that wait for their account's row. */
@Controller('v1/parked-pay-ins')
export class ParkedPayInController {
  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly database: Database,
  ) {}

  @Get()
  @Access('operator:read', { operation: operations.findParked })
  async find(
    @Query() query: PageQuery,
    @RequestClient() { tenants }: Client,
  ): Promise<View<typeof parkedPageView>> {
    const after = readCursor(query.cursor, parseCursor);
    const { rows, nextCursor } = await findPage(
      query,
      (limit) => findParkedPayIns(this.database, { after, limit, tenants }),
      (last) => formatCursor({ ...last, at: last.parkedAtText }),
    );
    return { items: rows.map(describeParked), nextCursor };
  }

  @Post('retry')
  @HttpCode(200)
  @Access('operator:act', { manyIds: true, operation: operations.retryParked })
  async retry(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<View<typeof retryResultsView>> {
    const { results, waiting } = await this.coordinator.retryParkedPayIns(readRetry(body), request);
    return { results: results.map(describeResult), waiting };
  }

  @Post('discard')
  @HttpCode(200)
  @Access('operator:act', { manyIds: true, operation: operations.discardParked })
  async discard(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<View<typeof actResultsView>> {
    const asked = readParkedDiscard(body);
    const { results } = await this.coordinator.discardParkedPayIns(asked, request);
    return { results: results.map(describeResult) };
  }
}
