export interface Account {
  readonly accountId: string;
  readonly username: string;
  readonly currency: string;
  readonly deleted: boolean;
  readonly state: 'open' | 'frozen' | 'deleted';
  readonly debitsFrozen: boolean;
  readonly creditsFrozen: boolean;
  readonly homeNode: number;
  readonly createdAt: string;
}

export interface Part {
  readonly node: number;
  readonly own: boolean;
  readonly reachable: boolean;
  readonly balance: string;
  readonly reserved: string;
  readonly asOf: string | null;
}

export interface Balance {
  readonly currency: string;
  readonly deleted: boolean;
  readonly total: string;
  readonly spendable: string;
  readonly reserved: string;
  readonly stranded: string;
  /** Of what was credited twice, what is still to be taken back. */
  readonly clawback: string;
  readonly parts: readonly Part[];
}

export interface Operation {
  readonly operationId: string;
  readonly type: string;
  /** Undefined of a hold whose home is another datacenter. */
  readonly status?: string;
  readonly amount: string;
  readonly currency: string;
  readonly at: string;
  readonly reference?: string;
  readonly entries: readonly Entry[];
}

/** What it did to the part of a datacenter. */
export interface Entry {
  readonly node: number;
  readonly type: string;
  readonly amount: string;
  readonly at: string;
}

/** Of a whole, for drawing only: sums are made by the gateway, in minor units. */
export function shareOf(part: string, whole: string): number {
  const total = Number(whole);
  return total > 0 ? Math.min(1, Math.max(0, Number(part) / total)) : 0;
}

export const isZero = (amount: string): boolean => /^-?0(\.0*)?$/.test(amount);
