import { Controller, Get } from '@nestjs/common';
import { Database, listServices } from '@billing/database';
import { Access } from '../http/access.js';
import type { View } from '../http/field-schemas.js';
import * as operations from './service-operations.js';
import { describeServices, type serviceListView } from './service.view.js';

/** The catalogue as this datacenter knows it. */
@Controller('v1/services')
export class ServiceController {
  constructor(private readonly database: Database) {}

  @Get()
  @Access('services:read', { operation: operations.listServices })
  async list(): Promise<View<typeof serviceListView>> {
    return describeServices(await listServices(this.database));
  }
}
