import { Metadata } from '@grpc/grpc-js';
import { CallerAddresses } from './caller-addresses.js';

function addressOf(peer: string, said: string | undefined, trusted: readonly string[]): unknown {
  const metadata = new Metadata();
  if (said !== undefined) metadata.set('x-forwarded-for', said);
  return new CallerAddresses(trusted).of({ getPeer: () => peer }, metadata);
}

describe('the address of a caller', () => {
  test.each([
    ['192.0.2.7:50123', '192.0.2.7'],
    ['::ffff:192.0.2.7:50123', '192.0.2.7'],
    ['2001:db8::1:50123', '2001:db8::1'],
    ['fe80::1%eth0:50123', 'fe80::1'],
    ['unknown', undefined],
  ])('is the other end of the connection: %s', (peer, address) => {
    expect(addressOf(peer, undefined, [])).toBe(address);
    expect(addressOf(peer, '198.51.100.1', [])).toBe(address);
    expect(addressOf(peer, '198.51.100.1', ['10.0.0.0/8', '::1'])).toBe(address);
  });

  test.each([
    ['10.1.2.3:50123', '198.51.100.1', '198.51.100.1'],
    ['::ffff:10.1.2.3:50123', '2001:db8::9', '2001:db8::9'],
    ['::1:50123', '198.51.100.1', '198.51.100.1'],
    ['10.1.2.3:50123', '2001:db8::a:12', '2001:db8::a:12'],
    // What the proxy's own caller said comes first, and is nobody's word.
    ['10.1.2.3:50123', '203.0.113.5, 198.51.100.1', '198.51.100.1'],
    ['10.1.2.3:50123', 'somebody', '10.1.2.3'],
    ['10.1.2.3:50123', undefined, '10.1.2.3'],
  ])('is what a trusted proxy says: %s says %s', (peer, said, address) => {
    expect(addressOf(peer, said, ['10.0.0.0/8', '::1'])).toBe(address);
  });
});
