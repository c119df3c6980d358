import { describeBalance } from './account.view.js';

const asOf = new Date('2026-01-01T00:00:00Z');

test('a balance is what can be spent and what is stranded; what is reserved or held is in neither', () => {
  const parts = [
    {
      nodeId: 1,
      isOwn: true,
      isReachable: true,
      balanceMinor: 4_200n,
      reservedMinor: 0n,
      heldMinor: 700n,
      asOf,
    },
    {
      nodeId: 2,
      isOwn: false,
      isReachable: true,
      balanceMinor: 800n,
      reservedMinor: 150n,
      heldMinor: 0n,
      asOf,
    },
    {
      nodeId: 3,
      isOwn: false,
      isReachable: false,
      balanceMinor: 1_000n,
      reservedMinor: 50n,
      heldMinor: 25n,
      asOf: undefined,
    },
  ];
  const balance = {
    currency: 'USD',
    isDeleted: false,
    totalMinor: 6_000n,
    clawbackMinor: 0n,
    parts,
  };
  expect(describeBalance('17', balance)).toEqual({
    accountId: '17',
    currency: 'USD',
    deleted: false,
    total: '60.00',
    spendable: '50.00',
    reserved: '2.00',
    held: '7.25',
    stranded: '10.00',
    heldStranded: '0.25',
    clawback: '0.00',
    parts: [
      {
        node: 1,
        own: true,
        reachable: true,
        balance: '42.00',
        reserved: '0.00',
        held: '7.00',
        asOf: asOf.toISOString(),
      },
      {
        node: 2,
        own: false,
        reachable: true,
        balance: '8.00',
        reserved: '1.50',
        held: '0.00',
        asOf: asOf.toISOString(),
      },
      {
        node: 3,
        own: false,
        reachable: false,
        balance: '10.00',
        reserved: '0.50',
        held: '0.25',
        asOf: null,
      },
    ],
  });
});
