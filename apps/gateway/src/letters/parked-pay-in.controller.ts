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
import { describeParked } from './letter.view.js';

/** Pay-ins of this datacenter that wait for their account's row. */
@Controller('v1/parked-pay-ins')
export class ParkedPayInController {
  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly database: Database,
  ) {}

  @Get()
  @Access('operator:read')
  async find(@Query() query: PageQuery, @RequestClient() { tenants }: Client): Promise<object> {
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
  @Access('operator:act', { manyIds: true })
  async retry(@Body() body: unknown, @Req() request: FastifyRequest): Promise<object> {
    const { results, waiting } = await this.coordinator.retryParkedPayIns(readRetry(body), request);
    return { results: results.map(describeResult), waiting };
  }

  @Post('discard')
  @HttpCode(200)
  @Access('operator:act', { manyIds: true })
  async discard(@Body() body: unknown, @Req() request: FastifyRequest): Promise<object> {
    const asked = readParkedDiscard(body);
    const { results } = await this.coordinator.discardParkedPayIns(asked, request);
    return { results: results.map(describeResult) };
  }
}
