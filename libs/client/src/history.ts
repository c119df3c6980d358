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

export interface Transactions {
  readonly transactions: readonly {
    readonly type: string;
    readonly amount: string;
    readonly operationId: string;
    readonly node: number;
    /** Undefined: none. */
    readonly reference?: string;
    readonly createdAt: string;
  }[];
  readonly nextCursor: string | null;
}

export interface Operations {
  readonly operations: readonly AccountOperation[];
  readonly nextCursor: string | null;
}

/** As `GET /v1/accounts/{id}/operations` has it (docs/api.md). */
export interface AccountOperation {
  /** pay_in, pay_out, charge, hold, refund, correction, deposit, opening or transfer. */
  readonly type: string;
  readonly operationId: string;
  readonly commandId?: string;
  readonly payOutId?: string;
  readonly holdId?: string;
  readonly refundId?: string;
  readonly captureId?: string;
  readonly correctionId?: string;
  /** Undefined of a hold elsewhere than at its home. */
  readonly status?: string;
  /** Signed: the sum of its entries. */
  readonly amount: string;
  readonly currency: string;
  readonly at: string;
  readonly reference?: string;
  readonly metadata?: object;
  readonly entries: readonly {
    readonly node: number;
    readonly type: string;
    readonly amount: string;
    readonly at: string;
  }[];
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
