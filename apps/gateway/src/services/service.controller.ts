import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { Database, describeServices, type Service } from '@billing/database';
import type { ServiceResponse } from '@billing/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { notUnderstood } from '../coordinator/coordinator-problem.js';
import { Access } from '../http/access.js';
import { HttpProblem } from '../http/http-problem.js';
import { tellPosition } from '../http/position-headers.js';
import { readCreation, readPricing, ServicePath } from './service.request.js';

/** The catalogue as this datacenter knows it; what changes it is carried out at its home. */
@Controller('v1/services')
export class ServiceController {
  constructor(
    private readonly database: Database,
    private readonly coordinator: CoordinatorClient,
  ) {}

  @Get()
  @Access('services:read')
  async list(): Promise<object> {
    return { services: (await describeServices(this.database)).map(describe) };
  }

  @Get(':id')
  @Access('services:read')
  async get(@Param() { id }: ServicePath): Promise<object> {
    const [service] = await describeServices(this.database, Number(id));
    if (service === undefined) {
      throw new HttpProblem('not-found', `service ${id} is not known`, {
        members: { serviceId: id },
      });
    }
    return { ...describe(service), prices: service.prices.map(describePrice) };
  }

  @Post()
  @HttpCode(201)
  @Access('services:write')
  async create(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.coordinator.createService(readCreation(body), request);
    reply.header('location', `/v1/services/${answer.service?.id}`);
    return this.answer(answer, reply);
  }

  @Post(':id/prices')
  @HttpCode(201)
  @Access('services:write')
  async reprice(
    @Param() { id: serviceId }: ServicePath,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const asked = { serviceId, ...readPricing(body) };
    return this.answer(await this.coordinator.repriceService(asked, request), reply);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Access('services:write')
  async retire(
    @Param() { id: serviceId }: ServicePath,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    return this.answer(await this.coordinator.retireService({ serviceId }, request), reply);
  }

  private answer({ service, unchanged, position }: ServiceResponse, reply: FastifyReply): object {
    if (service === null) throw notUnderstood();
    if (unchanged) reply.header('idempotency-replayed', 'true');
    tellPosition(reply, position);
    const { id, name, price, currency, unit, retiredAt, prices } = service;
    return {
      id,
      name,
      price,
      currency,
      ...(unit !== '' && { unit }),
      ...(retiredAt !== '' && { retiredAt }),
      prices: prices.map((one) => ({
        ...(one.validFrom !== '' && { validFrom: one.validFrom }),
        price: one.price,
      })),
    };
  }
}

function describe({ serviceId, name, price, currency, unit, retiredAt }: Service): object {
  return {
    id: serviceId,
    name,
    price,
    currency,
    ...(unit !== undefined && { unit }),
    ...(retiredAt !== undefined && { retiredAt: retiredAt.toISOString() }),
  };
}

function describePrice({ validFrom, price }: Service['prices'][number]): object {
  return { ...(validFrom !== undefined && { validFrom: validFrom.toISOString() }), price };
}
