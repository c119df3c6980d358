import { Controller, Get, Res } from '@nestjs/common';
import { checkReadiness, describeReadiness } from '@billing/observability';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.js';
import { Readiness } from './readiness.js';

@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Access('public')
  live(): object {
    return { status: 'live' };
  }

  @Get('ready')
  @Access('public')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const faults = await checkReadiness(() => this.readiness.faults());
    const body = describeReadiness(faults, this.readiness.notes);
    if ('faults' in body) reply.code(503);
    return body;
  }
}
