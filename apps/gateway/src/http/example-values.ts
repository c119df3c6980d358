/** What examples name; a spec puts what there is into their place. */
export const exampleNames = {
  account: '12800000001',
  uuid: '0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e0f',
  /** Of a hold. */
  capture: '0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e1f',
  message: { topic: 'billing.payin', partition: '4', offset: '1207' },
  messageName: 'billing.payin/4/1207',
} as const;

export const exampleTime = '2026-01-01T12:00:00.000Z';

const { account, uuid } = exampleNames;

export const exampleMoney = { accountId: account, amount: '12.50', currency: 'USD' };

export const examplePayIn = {
  commandId: uuid,
  ...exampleMoney,
  reference: 'order 4711',
  metadata: { order: 4711 },
  home: 'dc1',
};
