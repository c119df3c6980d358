import tls from 'node:tls';

// Jest loads this file anew for each spec; Node's own module, and what is done to it, stay.
const store = Symbol.for('geo-billing.trusted-authorities');
type Patched = typeof tls & { [store]?: string[] };

/**
 * What this process asks from now on believes that CA too, unless it names one itself: fetch can name none, and
 * Node reads NODE_EXTRA_CA_CERTS before there is a cluster. Public CAs are believed no longer.
 */
export function trustAuthority(pem: string): void {
  const patched = tls as Patched;
  patched[store] ??= believeStored(patched);
  patched[store].push(pem);
}

function believeStored(patched: Patched): string[] {
  const authorities: string[] = [];
  const create = patched.createSecureContext;
  patched.createSecureContext = (options = {}) => create({ ca: authorities, ...options });
  return authorities;
}
