import { Controller, Get, Query } from '@nestjs/common';
import type { Client } from '@billing/auth';
import { Database, listActs } from '@billing/database';
import { Access } from '../http/access.js';
import { findPage, readCursor } from '../http/page.js';
import { RequestClient } from '../http/request-client.js';
import { formatCursor, parseCursor } from './act-cursor.js';
import type { View } from '../http/field-schemas.js';
import * as operations from './act-operations.js';
import { ActsQuery } from './act.query.js';
import { describeAct, type actPageView } from './act.view.js';

/** What was done at this datacenter by the word of somebody. */
@Controller('v1/acts')
export class ActController {
  constructor(private readonly database: Database) {}

  @Get()
  @Access('operator:read', { operation: operations.findActs })
  async find(
    @Query() query: ActsQuery,
    @RequestClient() { tenants }: Client,
  ): Promise<View<typeof actPageView>> {
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
