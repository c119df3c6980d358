import type { Tenants } from '@billing/contracts';
import type { Caller } from './database.js';
import { toParameter } from './tenants.js';

/** What was done by the word of somebody: `billing.list_acts` says what its parts hold. */
export interface Act {
  readonly id: string;
  readonly act: string;
  readonly result: string | undefined;
  readonly objectType: 'account' | 'message' | 'partition';
  readonly objectId: string;
  /** Undefined: of no tenant. */
  readonly tenant: string | undefined;
  readonly clientId: string;
  /** Where the client asked from; undefined: not known. */
  readonly address: string | undefined;
  readonly at: Date;
  /** To the microsecond, as a cursor needs it. */
  readonly atText: string;
  readonly note: string | undefined;
  /** Undefined: of an act from before schema version 8. */
  readonly before: object | undefined;
  readonly after: object | undefined;
}

/** The last one of a page. */
export interface ActPosition {
  readonly at: string;
  readonly id: string;
}

export interface WantedActs {
  /** As PostgreSQL reads times: from this one on, and before that one. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly clientId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly after?: ActPosition | undefined;
  readonly limit: number;
  readonly tenants: Tenants;
}

/** `billing.list_acts`: of this node, newest first. @throws DatabaseError */
export async function listActs(database: Caller, wanted: WantedActs): Promise<Act[]> {
  const rows = await database.query<{
    act_id: string;
    act: string;
    result: string | null;
    object_type: Act['objectType'];
    object_id: string;
    tenant: string | null;
    client_id: string;
    address: string | null;
    acted_at: Date;
    acted_at_text: string;
    note: string | null;
    before: object | null;
    after: object | null;
  }>(
    'list_acts',
    'select *, acted_at::text as acted_at_text from billing.list_acts($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      wanted.since ?? null,
      wanted.until ?? null,
      wanted.clientId ?? null,
      wanted.objectId ?? null,
      wanted.limit,
      wanted.after?.at ?? null,
      wanted.after?.id ?? null,
      toParameter(wanted.tenants),
    ],
  );
  return rows.map((row) => ({
    id: row.act_id,
    act: row.act,
    result: row.result ?? undefined,
    objectType: row.object_type,
    objectId: row.object_id,
    tenant: row.tenant ?? undefined,
    clientId: row.client_id,
    address: row.address ?? undefined,
    at: row.acted_at,
    atText: row.acted_at_text,
    note: row.note ?? undefined,
    before: row.before ?? undefined,
    after: row.after ?? undefined,
  }));
}
