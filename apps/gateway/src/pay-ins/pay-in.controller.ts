import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { formatAmount } from '@billing/money';
import { Database, getPayIn, type PayInOutcome } from '@billing/database';
import { IsOptional, IsUUID, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.js';
import { withMetadata } from '../http/lossless.answer.js';
import { HttpProblem } from '../http/problem.js';
import { requireObject } from '../http/validation.js';
import { readBulk, summarize, type BulkAnswer } from './pay-in.bulk.js';
import { PayInPublisher, type AcceptedPayIn } from './pay-in.publisher.js';
import { parseReceipt } from './pay-in.receipt.js';
import { readPayIn } from './pay-in.request.js';

class PayInPath {
  @IsUUID('all', { message: 'must be a UUID' })
  commandId!: string;
}

class PayInQuery {
  @IsOptional()
  @Matches(/^[1-9]\d?-\d{1,5}-\d{1,18}$/, { message: 'must be a receipt as it was given' })
  receipt?: string;
}

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
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedPayIn> {
    const message = readPayIn(requireObject(body));
    if (Array.isArray(message)) throw HttpProblem.ofFields(message);
    const accepted = await this.publisher.publish(message);
    reply.header('location', accepted.statusUrl);
    return accepted;
  }

  @Post('bulk')
  @HttpCode(200)
  @Access('pay-ins:write', { bulk: true })
  async createMany(@Body() body: unknown): Promise<BulkAnswer> {
    return summarize(
      await Promise.all(readBulk(body, (message) => this.publisher.publish(message))),
    );
  }

  @Get(':commandId')
  @Access('pay-ins:read')
  async get(
    @Param() path: PayInPath,
    @Query() query: PayInQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object | string> {
    const place = query.receipt === undefined ? undefined : parseReceipt(query.receipt);
    const outcome = await getPayIn(this.database, path.commandId, place);
    if (outcome.status === 'unknown') {
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

const timeNames = { applied: 'appliedAt', parked: 'parkedAt', rejected: 'rejectedAt' } as const;

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
