import { Controller, Get, Res } from '@nestjs/common';
import { Metrics } from '@billing/observability';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.js';

/** Open, as health is: Prometheus has no token, and there is no account, client or amount in it. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Access('public')
  async get(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await this.metrics.expose();
    reply.header('content-type', contentType);
    return text;
  }
}
