import { connectionsOverNetwork } from './encryption.js';

test('connections by the server’s own socket are on no wire, whoever has their process id later', () => {
  const log = `2026-01-01 UTC [57] [unknown]@[unknown] LOG:  connection received: host=[local]
2026-01-01 UTC [57] admin@postgres LOG:  connection authorized: user=admin database=postgres
2026-01-01 UTC [9] LOG:  database system is shut down
2026-01-01 UTC [57] [unknown]@[unknown] LOG:  connection received: host=127.0.0.1 port=4
2026-01-01 UTC [57] admin@billing LOG:  connection authorized: user=admin database=billing
2026-01-01 UTC [58] billing_replicator_2@billing LOG:  replication connection authorized: user=x SSL enabled (y)
`;
  expect(connectionsOverNetwork(log)).toEqual([
    'connection authorized: user=admin database=billing',
    'replication connection authorized: user=x SSL enabled (y)',
  ]);
});
