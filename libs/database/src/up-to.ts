/** Of a request that takes what there is, up to its amount (docs/drain.md). */
export interface UpToTerms {
  readonly minimumMinor: bigint;
  /** From the part of the node that decides alone. */
  readonly isLocal: boolean;
}

/** What a pay-out that takes what there is was asked for, and, once it is committed, what it told beside its amount. */
export interface UpTo {
  readonly upToMinor: bigint;
  readonly minimumMinor: bigint;
  /** Whoever answered had no more. */
  readonly isExhausted: boolean;
  /** Who did not answer, and may have more. */
  readonly unreachableNodes: readonly number[];
}

/** … and what was paid. */
export interface PaidUpTo extends UpTo {
  readonly amountMinor: bigint;
}

/** As `billing.told_up_to` has it; without what was paid as long as that is not decided. */
export interface UpToJson {
  readonly up_to_minor: string;
  readonly minimum_minor: string;
  readonly amount_minor?: string;
  readonly is_exhausted?: boolean;
  readonly unreachable_nodes?: readonly number[];
}

/** As `billing.pay_out` has it. */
export function encodeUpTo({ upTo }: { readonly upTo?: UpToTerms | undefined }): object | null {
  if (upTo === undefined) return null;
  return { minimum_minor: upTo.minimumMinor.toString(), is_local: upTo.isLocal };
}

export function toPaidUpTo(json: UpToJson): PaidUpTo {
  return { ...toUpTo(json), amountMinor: BigInt(json.amount_minor!) };
}

export function toUpTo(json: UpToJson): UpTo {
  return {
    upToMinor: BigInt(json.up_to_minor),
    minimumMinor: BigInt(json.minimum_minor),
    isExhausted: json.is_exhausted ?? false,
    unreachableNodes: json.unreachable_nodes ?? [],
  };
}
