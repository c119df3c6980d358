import type { Act } from '@billing/database';
import { Type } from 'typebox';
import { orNull, timeSchema, type View } from '../http/field-schemas.js';

const facts = orNull(
  Type.Unsafe<object>({ type: 'object', description: 'What it holds, docs/api.md says by act.' }),
);

export const actView = Type.Object(
  {
    id: Type.String(),
    act: Type.String(),
    result: orNull(Type.String()),
    objectType: Type.Enum(['account', 'message', 'partition']),
    objectId: Type.String(),
    tenant: orNull(Type.String()),
    client: Type.String(),
    address: orNull(Type.String()),
    at: timeSchema,
    note: orNull(Type.String()),
    before: facts,
    after: facts,
  },
  { title: 'Act' },
);

export const actPageView = Type.Object(
  { items: Type.Array(actView), nextCursor: orNull(Type.String()) },
  { title: 'ActPage' },
);

export function describeAct(act: Act): View<typeof actView> {
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
