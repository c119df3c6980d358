import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { ServiceResponse } from '@billing/contracts';
import { Database, describeServices } from '@billing/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { notUnderstood } from '../coordinator/coordinator-problem.js';
import { Access } from '../http/access.js';
import type { View } from '../http/field-schemas.js';
import { HttpProblem } from '../http/http-problem.js';
import { tellPosition } from '../http/position-headers.js';
import * as operations from './service-operations.js';
import { readCreation, readPricing, readRetirement, ServicePath } from './service.request.js';
import {
  describeChanged,
  describePriced,
  describeService,
  type pricedServiceView,
  type serviceListView,
} from './service.view.js';

type PricedService = View<typeof pricedServiceView>;

/** The catalogue as this datacenter knows it; what changes it is carried out at its home. */
@Controller('v1/services')
export class ServiceController {
  constructor(
    private readonly database: Database,
    private readonly coordinator: CoordinatorClient,
  ) {}

  @Get()
  @Access('services:read', { operation: operations.listServices })
  async list(): Promise<View<typeof serviceListView>> {
    return { services: (await describeServices(this.database)).map(describeService) };
  }

  @Get(':id')
  @Access('services:read', { operation: operations.getService })
  async get(@Param() { id }: ServicePath): Promise<PricedService> {
    const [service] = await describeServices(this.database, Number(id));
    if (service !== undefined) return describePriced(service);
    const members = { serviceId: id };
    throw new HttpProblem('not-found', `service ${id} is not known`, { members });
  }

  @Post()
  @HttpCode(201)
  @Access('services:write', { operation: operations.createService })
  async create(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PricedService> {
    const answer = await this.coordinator.createService(readCreation(body), request);
    reply.header('location', `/v1/services/${answer.service?.id}`);
    return answerChanged(answer, reply);
  }

  @Post(':id/prices')
  @HttpCode(201)
  @Access('services:write', { operation: operations.repriceService })
  async reprice(
    @Param() { id: serviceId }: ServicePath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PricedService> {
    const asked = { serviceId, ...readPricing(body) };
    return answerChanged(await this.coordinator.repriceService(asked, request), reply);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Access('services:write', { operation: operations.retireService })
  async retire(
    @Param() { id: serviceId }: ServicePath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PricedService> {
    readRetirement(body);
    return answerChanged(await this.coordinator.retireService({ serviceId }, request), reply);
  }
}

function answerChanged(
  { service, unchanged, position }: ServiceResponse,
  reply: FastifyReply,
): PricedService {
  if (service === null) throw notUnderstood();
  if (unchanged) reply.header('idempotency-replayed', 'true');
  tellPosition(reply, position);
  return describeChanged(service);
}
