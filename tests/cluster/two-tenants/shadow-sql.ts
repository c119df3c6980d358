import { Database, type Row } from '@billing/database';
import { eventually, Ledger } from '@billing/testing';
import { hideShadow } from './hidden-rows.js';
import { SHADOW, type ShadowBook } from './shadow-book.js';

const opens = /\b(?:add_account|create_account)\(/;
const deposits = /\bdeposit_balance\(/;
const seenWithinMs = 3_000;

/** A ledger that sees all rows, the shadow's too. */
export function unhidden(ledger: Ledger): Ledger {
  const rows = (text: string, values: readonly unknown[] = []) =>
    ledger.database.query(`all ${text.slice(0, 55)}`, text, values);
  const value = async (text: string, values: readonly unknown[] = []): Promise<unknown> => {
    const [row] = await rows(text, values);
    return Object.values(row ?? {})[0];
  };
  return Object.assign(Object.create(ledger) as Ledger, { rows, value });
}

/** An account of like name beside each one that SQL opened. */
async function openTwins(book: ShadowBook, ledger: Ledger, rows: readonly Row[]): Promise<void> {
  const ids = rows.flatMap((row) => Object.values(row)).filter((id) => typeof id === 'bigint');
  const twins = await unhidden(ledger).rows<{ id: bigint; twin: bigint }>(
    `/* twins */ select a.id, billing.create_account(a.username, a.currency, $2) as twin
       from billing.accounts a where a.id = any ($1::bigint[]) and a.tenant = 'default'`,
    [ids, SHADOW],
  );
  for (const { id, twin } of twins) book.pair(String(id), String(twin));
}

/** The same deposits for the twins, here and in order. */
async function depositTwins(book: ShadowBook, ledger: Ledger, since: bigint): Promise<void> {
  const all = unhidden(ledger);
  const made = await all.rows<{
    account_id: bigint;
    minor: bigint;
    exponent: number;
    node: number;
  }>(
    `/* deposits */ select l.account_id, l.amount_minor as minor, c.exponent::integer as exponent,
            billing.local_node_id() as node
       from billing.transaction_log l join billing.accounts a on a.id = l.account_id
       join billing.currencies c on c.code = a.currency
      where l.operation_type = 'deposit' and l.node_id = billing.local_node_id()
        and a.tenant = 'default' and l.id > $1`,
    [since],
  );
  for (const { account_id, minor, exponent, node } of made) {
    const twin = book.twins.get(String(account_id));
    if (twin === undefined) continue;
    await eventually(
      () => all.value<bigint>('select count(*) from billing.accounts where id = $1', [twin]),
      (count) => count === 1n,
      seenWithinMs,
    );
    const amount = Number(minor) / 10 ** exponent;
    await all.rows('select public.deposit_balance($1, $2, $3)', [twin, amount, node]);
    book.bring(twin, minor);
  }
}

/** Specs ask as if there were one tenant; what they open and deposit by SQL, the shadow gets as well. */
export function shadowLedgers(book: ShadowBook): void {
  const highest =
    'select coalesce(max(id), 0) from billing.transaction_log where node_id = billing.local_node_id()';
  const ask = async function (this: Ledger, text: string, values: readonly unknown[] = []) {
    const isDeposit = deposits.test(text);
    const since = isDeposit ? await unhidden(this).value<bigint>(highest) : 0n;
    const rows = await this.database.query(text.slice(0, 60), hideShadow(text), values);
    if (opens.test(text)) await book.act(() => openTwins(book, this, rows));
    if (isDeposit) await book.act(() => depositTwins(book, this, since));
    return rows;
  };
  Ledger.prototype.rows = ask as Ledger['rows'];
  Ledger.prototype.value = async function (this: Ledger, text, values) {
    const [row] = await ask.call(this, text, values);
    return Object.values(row ?? {})[0];
  } as Ledger['value'];
}

/** `billing.pay_out` called by a spec: as the shadow, the same accounts are not there, and nothing is written. */
export function shadowPayOutCalls(book: ShadowBook): void {
  const query = Database.prototype.query;
  Database.prototype.query = async function (this: Database, calling, text, values = []) {
    const rows = await query.call(this, calling, text, values);
    const tenants = values.at(-1);
    const isFirsts =
      text.startsWith('select * from billing.pay_out(') &&
      Array.isArray(tenants) &&
      tenants.every((tenant) => tenant === 'default');
    if (!isFirsts) return rows;
    await book.act(async () => {
      const asShadow = [...values.slice(0, -1), tenants.map(() => SHADOW)];
      for (const { status } of await query.call(this, calling, text, asShadow)) {
        if (status === 'account_not_found') continue;
        book.violation(`billing.pay_out told the shadow ${String(status)} of the first's account`);
      }
    });
    return rows;
  } as Database['query'];
}
