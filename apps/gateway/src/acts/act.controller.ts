import { Controller, Get, Query } from '@nestjs/common';
import type { Client } from '@billing/auth';
import { Database, listActs, type Act } from '@billing/database';
import { Access } from '../http/access.js';
import { findPage, readCursor } from '../http/page.js';
import { RequestClient } from '../http/request-client.js';
import { formatCursor, parseCursor } from './act-cursor.js';
import { ActsQuery } from './act.query.js';

/** What was done at this datacenter by the word of somebody. */
@Controller('v1/acts')
export class ActController {
  constructor(private readonly database: Database) {}

  @Get()
  @Access('operator:read')
  async find(@Query() query: ActsQuery, @RequestClient() { tenants }: Client): Promise<object> {
    const { since, until, client: clientId, objectId } = query;
    const wanted = { since, until, clientId, objectId, tenants };
    const after = readCursor(query.cursor, parseCursor);
    const { rows, nextCursor } = await findPage(
      query,
      (limit) => listActs(this.database, { ...wanted, after, limit }),
      ({ atText, id }) => formatCursor({ at: atText, id }),
    );
    return { items: rows.map(describeAct), nextCursor };
  }
}

function describeAct(act: Act): object {
  return {
    id: act.id,
    act: act.act,
    result: act.result ?? null,
    objectType: act.objectType,
    objectId: act.objectId,
    tenant: act.tenant ?? null,
    client: act.clientId,
    address: act.address ?? null,
    at: act.at.toISOString(),
    note: act.note ?? null,
    before: act.before ?? null,
    after: act.after ?? null,
  };
}
