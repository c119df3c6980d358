import { Type } from 'typebox';
import { accountIdSchema, nodeSchema } from '../http/field-schemas.js';
import { accountStateSchema } from './account.view.js';

export const changedStateView = Type.Object(
  {
    accountId: accountIdSchema,
    state: accountStateSchema,
    debitsFrozen: Type.Boolean(),
    creditsFrozen: Type.Boolean(),
    confirmed: Type.Array(nodeSchema, {
      description: 'Nothing that is frozen is begun there from now on.',
    }),
    unconfirmed: Type.Array(nodeSchema, {
      description:
        'Goes on as before until it hears of it; the same request under the same key asks again.',
    }),
  },
  { title: 'ChangedAccountState' },
);
