const ELSEWHERE = '/v1/operations/datacenters/';

/** The datacenter that an address names; undefined: the one of this console. */
export function chosenNode(query: URLSearchParams): number | undefined {
  const text = query.get('node') ?? '';
  return /^[1-9]\d?$/.test(text) ? Number(text) : undefined;
}

/** A path of the gateway for something of a datacenter: "audit", "dead-letters/…", "parked-pay-ins/…". */
export function apiAt(node: number | undefined, path: string): string {
  if (node !== undefined) return `${ELSEWHERE}${node}/${path}`;
  return path === 'audit' ? '/v1/operations/audit' : `/v1/${path}`;
}

/** Whether another gateway may have answered. */
export function isElsewhere(path: string): boolean {
  return path.startsWith(ELSEWHERE);
}

/** An address of the console that stays at a datacenter. */
export function linkAt(node: number | undefined, to: string): string {
  if (node === undefined) return to;
  return `${to}${to.includes('?') ? '&' : '?'}node=${node}`;
}
