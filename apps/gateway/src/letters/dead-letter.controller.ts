import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Client } from '@billing/auth';
import {
  formatMessageName,
  parseMessageName,
  type ActResponse,
  type Tenants,
} from '@billing/contracts';
import {
  countDeadLetters,
  Database,
  findDeadLetters,
  showDeadLetter,
  type WholeLetter,
} from '@billing/database';
import { Matches } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { Access } from '../http/access.js';
import { RequestClient } from '../http/request-client.js';
import { findPage, readCursor } from '../http/page.js';
import { formatCursor, parseCursor } from './letter-cursor.js';
import { DeadLettersQuery } from './letter.query.js';
import { letterNotFound, readAct, readBulk, readCorrection, readName } from './letter.request.js';
import * as operations from './letter-operations.js';
import {
  describeLetter,
  describeWholeLetter,
  type actResultView,
  type actResultsView,
  type letterAfterActView,
  type letterPageView,
  type wholeLetterView,
} from './letter.view.js';
import type { View } from '../http/field-schemas.js';

export class LetterPath {
  @Matches(/^.+$/, { message: 'must be given' })
  topic!: string;

  @Matches(/^.+$/, { message: 'must be given' })
  partition!: string;

  @Matches(/^.+$/, { message: 'must be given' })
  offset!: string;
}

/** Dead letters of this datacenter: looked at here, acted on by the coordinator. */
@Controller('v1/dead-letters')
export class DeadLetterController {
  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly database: Database,
  ) {}

  @Get()
  @Access('operator:read', { operation: operations.findLetters })
  async find(
    @Query() query: DeadLettersQuery,
    @RequestClient() { tenants }: Client,
  ): Promise<View<typeof letterPageView>> {
    const { status, reason, accountId, commandId } = query;
    const after = readCursor(query.cursor, parseCursor);
    const state = status === 'all' ? undefined : status;
    const filter = { state, reason, accountId, commandId, after, tenants };
    const [{ rows, nextCursor }, counts] = await Promise.all([
      findPage(
        query,
        (limit) => findDeadLetters(this.database, { ...filter, limit }),
        (last) => formatCursor({ ...last, at: last.recordedAtText }),
      ),
      countDeadLetters(this.database, tenants),
    ]);
    return {
      items: rows.map(describeLetter),
      nextCursor,
      counts: {
        open: counts.reduce((sum, { letters }) => sum + letters, 0),
        byReason: Object.fromEntries(
          counts.flatMap(({ reason, letters }) => (letters > 0 ? [[reason, letters]] : [])),
        ),
      },
    };
  }

  @Get(':topic/:partition/:offset')
  @Access('operator:read', { operation: operations.showLetter })
  async show(
    @Param() path: LetterPath,
    @RequestClient() { tenants }: Client,
  ): Promise<View<typeof wholeLetterView>> {
    return describeWholeLetter(await this.load(readName(path), tenants));
  }

  @Post('bulk')
  @HttpCode(200)
  @Access('operator:act', { manyIds: true, operation: operations.actOnLetters })
  async actOnMany(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<View<typeof actResultsView>> {
    const { results } = await this.coordinator.actOnDeadLetters(readBulk(body), request);
    return { results: results.map(describeResult) };
  }

  @Post(':topic/:partition/:offset/replay')
  @HttpCode(200)
  @Access('operator:act', { operation: operations.replayLetter })
  async replay(
    @Param() path: LetterPath,
    @Body() body: unknown,
    @RequestClient() { tenants }: Client,
    @Req() request: FastifyRequest,
  ): Promise<View<typeof letterAfterActView>> {
    const act = readAct(readName(path), body ?? {}, 'optional');
    return this.answer(await this.coordinator.replayDeadLetter(act, request), tenants);
  }

  @Post(':topic/:partition/:offset/correct')
  @HttpCode(200)
  @Access('operator:act', { operation: operations.correctLetter })
  async correct(
    @Param() path: LetterPath,
    @Body() body: unknown,
    @RequestClient() { tenants }: Client,
    @Req() request: FastifyRequest,
  ): Promise<View<typeof letterAfterActView>> {
    const act = readCorrection(readName(path), body);
    return this.answer(await this.coordinator.correctDeadLetter(act, request), tenants);
  }

  @Post(':topic/:partition/:offset/discard')
  @HttpCode(200)
  @Access('operator:act', { operation: operations.discardLetter })
  async discard(
    @Param() path: LetterPath,
    @Body() body: unknown,
    @RequestClient() { tenants }: Client,
    @Req() request: FastifyRequest,
  ): Promise<View<typeof letterAfterActView>> {
    const act = readAct(readName(path), body, 'required');
    return this.answer(await this.coordinator.discardDeadLetter(act, request), tenants);
  }

  /** The letter as it is now, and what the act came to. */
  private async answer(
    response: ActResponse,
    tenants: Tenants,
  ): Promise<View<typeof letterAfterActView>> {
    const letter = describeLetter(await this.load(response.id, tenants));
    // Of a refusal, why: the letter's own reason is what it was.
    const { result, reason = letter.reason, detail = letter.detail } = describeResult(response);
    return { ...letter, result, reason, detail };
  }

  private async load(id: string, tenants: Tenants): Promise<WholeLetter> {
    const name = parseMessageName(id);
    const letter = name && (await showDeadLetter(this.database, name, tenants));
    if (letter === undefined) throw letterNotFound(name ? formatMessageName(name) : id);
    return letter;
  }
}

type ActResult = View<typeof actResultView>;

/** Of a refusal with why. */
export function describeResult({ id, result, reason, detail }: ActResponse): ActResult {
  return { id, result, ...(reason !== '' && { reason, detail }) };
}
