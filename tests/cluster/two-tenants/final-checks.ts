import { eventually, invariants, Ledger, untilClean, violationsOf } from '@billing/testing';
import { SHADOW, type ShadowBook } from './shadow-book.js';
import { unhidden } from './shadow-sql.js';

const creditedWithinMs = 15_000;
const cleanWithinMs = 15_000;
const theftsMax = 20;
/** Of each kind: a load of thousands would be asked for longer than a statement may take. */
const askedMax = 300;
const told = 10;

/** All nodes as their superusers see them, while their servers run; undefined: not all of them do. */
function openLedgers({ cluster }: ShadowBook): readonly Ledger[] | undefined {
  if (cluster === undefined || cluster.isStopping) return undefined;
  const servers = cluster.status().filter(({ kind }) => kind === 'postgres');
  const isUp = servers.length > 0 && servers.every(({ state }) => state === 'running');
  return isUp ? cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId)) : undefined;
}

async function withLedgers(
  book: ShadowBook,
  work: (ledgers: readonly Ledger[]) => Promise<void>,
): Promise<void> {
  const ledgers = openLedgers(book) ?? [];
  try {
    if (ledgers.length > 0) await work(ledgers.map(unhidden));
  } finally {
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  }
}

/** Uses, as the shadow, command ids of pay-ins that the first has been credited: the order is known. */
export async function steal(book: ShadowBook): Promise<void> {
  const brokers = book.cluster?.status().filter(({ kind }) => kind === 'kafka') ?? [];
  if (book.thefts.size === 0 || brokers.some(({ state }) => state !== 'running')) return;
  await withLedgers(book, async (ledgers) => {
    const ids = [...book.thefts.keys()];
    const credited = await Promise.all(
      ledgers.map((ledger) =>
        ledger.rows<{ id: string }>(
          `/* credited */ select operation_id::text as id from billing.transaction_log
            where operation_type = 'pay_in' and operation_id = any ($1::uuid[])`,
          [ids.filter((id) => /^[\da-f-]{36}$/i.test(id))],
        ),
      ),
    );
    const known = new Set(credited.flat().map(({ id }) => id));
    const thefts = ids.filter((id) => known.has(id.toLowerCase())).slice(0, theftsMax);
    for (const id of thefts) {
      const { accountId, send } = book.thefts.get(id)!;
      await book.act(async () => {
        await send();
        book.stolen.set(id, accountId);
      });
    }
    book.thefts.clear();
  });
}

/** Each pay-in of the shadow's is credited once, or is said why not; a stolen id is a conflict that tells nothing. */
async function checkPayIns(
  book: ShadowBook,
  ledgers: readonly Ledger[],
): Promise<ReadonlyMap<string, bigint>> {
  const ids = [...book.payIns.keys(), ...book.stolen.keys()];
  const outcomes = async () => {
    const rows = await Promise.all(
      ledgers.map((ledger) =>
        ledger.rows<{ id: string; outcome: string; account: bigint; minor: bigint; said: string }>(
          `/* as the shadow */ select i.id, p.outcome, p.account_id as account,
                  p.amount_minor as minor, concat_ws(' ', p.reason, p.detail) as said
             from unnest($1::text[]) as i (id),
                  billing.get_pay_in(i.id::uuid, null, null, null, null, $2) as p
            where p.node_id is null or p.node_id = billing.local_node_id()`,
          [ids, [SHADOW]],
        ),
      ),
    );
    return rows.flat().filter(({ outcome }) => outcome !== 'unknown');
  };
  const all = new Set(ids);
  const seen = await eventually(outcomes, (found) => found.length >= all.size, creditedWithinMs)
    // Who consumes may be away for good, or the log have lost what it took.
    .catch(outcomes);
  const credited = new Map<string, bigint>();
  for (const { id, outcome, account, minor, said } of seen) {
    const own = book.payIns.get(id);
    if (book.stolen.has(id)) {
      const isTold = outcome === 'rejected' && said.startsWith('command_conflict');
      if (!isTold)
        book.violation(`command ${id} of the first's is ${outcome} ${said} to the shadow`);
      continue;
    }
    if (outcome !== 'applied' || own === undefined) continue;
    const accountId = String(account);
    if (accountId !== own.accountId || minor !== own.minor) {
      book.violation(`pay-in ${id} of the shadow's was credited as ${minor} to ${accountId}`);
    }
    credited.set(accountId, (credited.get(accountId) ?? 0n) + minor);
  }
  return credited;
}

/** What the shadow has is what its own answers say. */
async function checkBalances(
  book: ShadowBook,
  ledgers: readonly Ledger[],
  credited: ReadonlyMap<string, bigint>,
): Promise<void> {
  const twins = [...new Set(book.twins.values())];
  const rows = await Promise.all(
    ledgers.map((ledger) =>
      ledger.rows<{ id: bigint; minor: bigint }>(
        `/* own parts */ select account_id as id, balance_minor as minor from billing.account_balances
          where node_id = billing.local_node_id() and account_id = any ($1::bigint[])`,
        [twins],
      ),
    ),
  );
  const has = new Map<string, bigint>();
  for (const { id, minor } of rows.flat()) has.set(String(id), (has.get(String(id)) ?? 0n) + minor);
  for (const twin of twins) {
    const { least, most } = book.expected(twin);
    const came = credited.get(twin) ?? 0n;
    const there = has.get(twin) ?? 0n;
    if (there >= least + came && there <= most + came) continue;
    book.violation(
      `the shadow's account ${twin} has ${there}, not ${least + came} to ${most + came}`,
    );
  }
}

/** Nothing of the first's is there for the shadow, whatever it is asked by. */
async function checkUnseen(book: ShadowBook, ledgers: readonly Ledger[]): Promise<void> {
  const idsOf = (kind: string): string[] =>
    [...book.firsts]
      .filter(([id, what]) => what === kind && !book.own.has(id))
      .map(([id]) => id)
      .slice(0, askedMax);
  const seen = await Promise.all(
    ledgers.map((ledger) =>
      ledger.rows<{ what: string; id: string }>(
        `/* seen */ select 'account' as what, i.id::text as id
           from unnest($1::bigint[]) as i (id), billing.get_account(i.id, $4)
         union all select 'balance', i.id::text from unnest($1::bigint[]) as i (id), billing.get_balance(i.id, $4)
         union all select 'pay-out', i.id::text
           from unnest($2::uuid[]) as i (id), billing.get_pay_out(i.id, 2000, $4) as p where p.status = 'found'
         union all select 'pay-in', i.id::text
           from unnest($3::uuid[]) as i (id), billing.get_pay_in(i.id, null, null, null, null, $4) as p
          where p.outcome <> 'unknown'`,
        [
          idsOf('account'),
          idsOf('payOut'),
          idsOf('payIn').filter((id) => !book.stolen.has(id) && /^[\da-f-]{36}$/i.test(id)),
          [SHADOW],
        ],
      ),
    ),
  );
  for (const { what, id } of seen.flat())
    book.violation(`the shadow sees the first's ${what} ${id}`);
}

/** At the end of a cluster, over all that both did. Violations go into the book. */
export async function checkAtTheEnd(book: ShadowBook): Promise<void> {
  await withLedgers(book, async (ledgers) => {
    const credited = await checkPayIns(book, ledgers);
    // What is under way when a spec ends is not always finished by anybody; money is exact at any moment.
    await untilClean(ledgers, cleanWithinMs).catch(() => undefined);
    for (const violation of (await violationsOf(ledgers, invariants)).slice(0, told))
      book.violation(violation);
    await checkBalances(book, ledgers, credited);
    await checkUnseen(book, ledgers);
  });
}
