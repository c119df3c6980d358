import { Controller, Get } from '@nestjs/common';
import { formatAmount } from '@billing/money';
import { Database, listServices } from '@billing/database';
import { Access } from '../http/access.js';

/** The catalogue as this datacenter knows it. */
@Controller('v1/services')
export class ServiceController {
  constructor(private readonly database: Database) {}

  @Get()
  @Access('services:read')
  async list(): Promise<object> {
    const services = await listServices(this.database);
    return {
      services: services.map(({ id, name, priceMinor, currency }) => ({
        id: String(id),
        name,
        price: formatAmount(priceMinor, currency),
        currency,
      })),
    };
  }
}
