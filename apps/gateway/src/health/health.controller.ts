import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.js';
import * as operations from './health-operations.js';
import { Readiness } from './readiness.js';

/** For whoever sends requests here, and so without a word of what is not usable: the management port says that. */
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Access('public', { operation: operations.isLive })
  live(): object {
    return { status: 'live' };
  }

  @Get('ready')
  @Access('public', { operation: operations.isReady })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const failures = await this.readiness.failures();
    if (Object.keys(failures).length === 0) return { status: 'ready' };
    reply.code(503);
    return { status: 'not ready' };
  }
}
