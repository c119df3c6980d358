import { Body, Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { Database, findParkedPayIns } from '@billing/database';
import type { FastifyRequest } from 'fastify';
import { CoordinatorClient } from '../coordinator/coordinator.client.js';
import { Access } from '../http/access.js';
import { HttpProblem } from '../http/problem.js';
import { describeResult } from './dead-letter.controller.js';
import { formatCursor, parseCursor } from './letter.cursor.js';
import { PageQuery } from './letter.query.js';
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
  @Access('operator')
  async find(@Query() { limit, cursor }: PageQuery): Promise<object> {
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    if (cursor !== undefined && after === undefined) {
      throw HttpProblem.ofField('cursor', 'must be a cursor as it was given');
    }
    const found = await findParkedPayIns(this.database, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map(describeParked),
      nextCursor: last === undefined ? null : formatCursor({ ...last, at: last.parkedAtText }),
    };
  }

  @Post('retry')
  @HttpCode(200)
  @Access('operator')
  async retry(@Body() body: unknown, @Req() request: FastifyRequest): Promise<object> {
    const { results, waiting } = await this.coordinator.retryParkedPayIns(readRetry(body), request);
    return { results: results.map(describeResult), waiting };
  }

  @Post('discard')
  @HttpCode(200)
  @Access('operator')
  async discard(@Body() body: unknown, @Req() request: FastifyRequest): Promise<object> {
    const asked = readParkedDiscard(body);
    const { results } = await this.coordinator.discardParkedPayIns(asked, request);
    return { results: results.map(describeResult) };
  }
}
