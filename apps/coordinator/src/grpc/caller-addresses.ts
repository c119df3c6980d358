import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { trustedProxyList } from '@billing/config';
import { isIP, type BlockList } from 'node:net';

type Call = Pick<ServerUnaryCall<unknown, unknown>, 'getPeer'>;

/** As proxies name it, and gateways to coordinators. */
const FORWARDED_FOR = 'x-forwarded-for';

/** Where calls come from: the other end of the connection or, of a trusted proxy, what that says. */
export class CallerAddresses {
  private readonly trusted: BlockList;

  /** @param trustedProxies as TRUSTED_PROXIES has them */
  constructor(trustedProxies: readonly string[] = []) {
    this.trusted = trustedProxyList(trustedProxies);
  }

  /** Undefined: of a connection that has just been lost. */
  of(call: Call, metadata: Metadata): string | undefined {
    const peer = addressIn(call.getPeer().replace(/:\d+$/, ''));
    if (peer === undefined || !this.trusts(peer)) return peer;
    // The last one is what the proxy itself saw; those before it are its caller's own word.
    const said = metadata.get(FORWARDED_FOR).at(-1)?.toString().split(',').at(-1);
    return addressIn(said?.trim() ?? '') ?? peer;
  }

  private trusts(address: string): boolean {
    return this.trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}

/** Without a zone, which is of that machine alone; IPv4 within IPv6 is IPv4. */
function addressIn(text: string): string | undefined {
  const [address = ''] = text.replace(/^::ffff:(?=\d+\.)/i, '').split('%', 1);
  return isIP(address) === 0 ? undefined : address;
}
