export interface Page {
  /** 1 to 200; default 50. */
  readonly limit?: number;
  /** Of the page before. */
  readonly cursor?: string;
}

/** Which operations are wanted; undefined: all. */
export interface OperationPage extends Page {
  readonly type?: string;
  /** ISO 8601 in UTC: begun then or later, and before `until`. */
  readonly since?: string;
  readonly until?: string;
  /** It has an entry at that datacenter. */
  readonly node?: number;
}

export function pathOfHistory(
  accountId: string,
  list: 'operations' | 'transactions',
  page: OperationPage,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(page)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.size > 0 ? `?${query}` : '';
  return `/v1/accounts/${encodeURIComponent(accountId)}/${list}${text}`;
}
