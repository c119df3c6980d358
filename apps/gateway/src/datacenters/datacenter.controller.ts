import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { Matches } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ActsQuery } from '../acts/act.query.js';
import { Access } from '../http/access.js';
import { LetterPath } from '../letters/dead-letter.controller.js';
import { PageQuery } from '../http/page.js';
import { DeadLettersQuery } from '../letters/letter.query.js';
import { DatacenterCalls, type DatacenterCall } from './datacenter-calls.js';
import * as operations from './datacenter-operations.js';
import { paths } from './datacenter-path.js';

class DatacenterPath {
  @Matches(/^.+$/, { message: 'must be given' })
  node!: string;
}

class LetterOfDatacenterPath extends LetterPath {
  @Matches(/^.+$/, { message: 'must be given' })
  node!: string;
}

/** One request and its reply, to be answered by another gateway. */
type Exchange = readonly [request: FastifyRequest, reply: FastifyReply];

/**
 * What operators look at and do at any datacenter, through the gateway of this one: letters, parked pay-ins,
 * acts and the audit, and nothing else. Both gateways want the scope.
 */
@Controller('v1/operations/datacenters/:node')
export class DatacenterController {
  constructor(private readonly calls: DatacenterCalls) {}

  @Get('audit')
  @Access('operator:read', { operation: operations.showAuditElsewhere })
  audit(
    @Param() { node }: DatacenterPath,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ask(node, { method: 'GET', path: paths.audit }, [request, reply]);
  }

  @Get('acts')
  @Access('operator:read', { operation: operations.findActsElsewhere })
  acts(
    @Param() { node }: DatacenterPath,
    @Query() query: ActsQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ask(node, { method: 'GET', path: paths.acts(query) }, [request, reply]);
  }

  @Get('dead-letters')
  @Access('operator:read', { operation: operations.findLettersElsewhere })
  letters(
    @Param() { node }: DatacenterPath,
    @Query() query: DeadLettersQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ask(node, { method: 'GET', path: paths.letters(query) }, [request, reply]);
  }

  @Get('dead-letters/:topic/:partition/:offset')
  @Access('operator:read', { operation: operations.showLetterElsewhere })
  letter(
    @Param() path: LetterOfDatacenterPath,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ask(path.node, { method: 'GET', path: paths.letter(path) }, [request, reply]);
  }

  @Post('dead-letters/bulk')
  @Access('operator:act', { manyIds: true, operation: operations.actOnLettersElsewhere })
  bulk(
    @Param() { node }: DatacenterPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ask(node, { method: 'POST', path: paths.bulk, body }, [request, reply]);
  }

  @Post('dead-letters/:topic/:partition/:offset/replay')
  @Access('operator:act', { operation: operations.replayLetterElsewhere })
  replay(
    @Param() path: LetterOfDatacenterPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const call = { method: 'POST', path: paths.letter(path, 'replay'), body } as const;
    return this.ask(path.node, call, [request, reply]);
  }

  @Post('dead-letters/:topic/:partition/:offset/correct')
  @Access('operator:act', { operation: operations.correctLetterElsewhere })
  correct(
    @Param() path: LetterOfDatacenterPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const call = { method: 'POST', path: paths.letter(path, 'correct'), body } as const;
    return this.ask(path.node, call, [request, reply]);
  }

  @Post('dead-letters/:topic/:partition/:offset/discard')
  @Access('operator:act', { operation: operations.discardLetterElsewhere })
  discard(
    @Param() path: LetterOfDatacenterPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const call = { method: 'POST', path: paths.letter(path, 'discard'), body } as const;
    return this.ask(path.node, call, [request, reply]);
  }

  @Get('parked-pay-ins')
  @Access('operator:read', { operation: operations.findParkedElsewhere })
  parked(
    @Param() { node }: DatacenterPath,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ask(node, { method: 'GET', path: paths.parked(query) }, [request, reply]);
  }

  @Post('parked-pay-ins/retry')
  @Access('operator:act', { manyIds: true, operation: operations.retryParkedElsewhere })
  retry(
    @Param() { node }: DatacenterPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ask(node, { method: 'POST', path: paths.retry, body }, [request, reply]);
  }

  @Post('parked-pay-ins/discard')
  @Access('operator:act', { manyIds: true, operation: operations.discardParkedElsewhere })
  discardParked(
    @Param() { node }: DatacenterPath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ask(node, { method: 'POST', path: paths.discard, body }, [request, reply]);
  }

  private async ask(node: string, call: DatacenterCall, exchange: Exchange): Promise<void> {
    const [request, reply] = exchange;
    const { status, headers, body } = await this.calls.make(node, call, request);
    await reply.code(status).headers(headers).send(body);
  }
}
