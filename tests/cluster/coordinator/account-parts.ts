import { eventually, type Ledger } from '@billing/testing';

/** The parts of one account as one node sees them, by node id, in minor units. */
export type Parts = Readonly<Record<number, bigint>>;

export async function partsAt(ledger: Ledger, accountId: string): Promise<Parts> {
  const rows = await ledger.rows<{ node_id: number; balance_minor: bigint }>(
    `/* parts */ select node_id, balance_minor from billing.account_balances
      where account_id = $1 order by node_id`,
    [accountId],
  );
  return Object.fromEntries(rows.map(({ node_id, balance_minor }) => [node_id, balance_minor]));
}

/** Waits until every node sees these parts, all of them and no others. */
export async function expectPartsEverywhere(
  ledgers: readonly Ledger[],
  accountId: string,
  parts: Parts,
  withinMs = 10_000,
): Promise<void> {
  const text = JSON.stringify(parts, bigintText);
  await eventually(
    () => Promise.all(ledgers.map((ledger) => partsAt(ledger, accountId))),
    (seen) => seen.every((one) => JSON.stringify(one, bigintText) === text),
    withinMs,
  );
}

/**
 * All the money that openings brought into the system and where it is: each node asked for what it
 * owns. In transit counts what has been debited and not yet been credited.
 */
export async function whereTheMoneyIs(
  ledgers: readonly Ledger[],
): Promise<{ opened: bigint; kept: bigint; inTransit: bigint }> {
  let opened = 0n;
  let kept = 0n;
  let entries = 0n;
  for (const ledger of ledgers) {
    const [row] = await ledger.rows<{ opened: bigint; kept: bigint; moved: bigint }>(
      `/* money */ select
         (select coalesce(sum(amount_minor), 0) from billing.transaction_log
           where node_id = billing.local_node_id() and operation_type = 'opening')::bigint as opened,
         (select coalesce(sum(balance_minor), 0) from billing.account_balances
           where node_id = billing.local_node_id())::bigint as kept,
         (select coalesce(sum(amount_minor), 0) from billing.transaction_log
           where node_id = billing.local_node_id()
             and operation_type in ('transfer_out', 'transfer_in'))::bigint as moved`,
    );
    opened += row!.opened;
    kept += row!.kept;
    entries += row!.moved;
  }
  return { opened, kept, inTransit: -entries };
}

/** Every unit that was brought in is soon in exactly one place, and every balance is its entries. */
export async function expectMoneyExactAt(ledgers: readonly Ledger[]): Promise<void> {
  await eventually(
    () => whereTheMoneyIs(ledgers),
    ({ opened, kept, inTransit }) => inTransit === 0n && kept === opened,
  );
  for (const ledger of ledgers) expect(await ledger.unbalanced()).toBe(0n);
}

/** Transfers from a node that are planned or in transit. */
export function openTransfersAt(ledger: Ledger): Promise<bigint> {
  return ledger.value(
    "/* open */ select count(*) from billing.transfers where state in ('planned', 'in_transit') and node_id = billing.local_node_id()",
  );
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
