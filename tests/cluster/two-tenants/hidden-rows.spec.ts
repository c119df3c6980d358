import { hideShadow } from './hidden-rows.js';

const rows = (table: string, which: string): string =>
  `(select * from billing.${table} where ${which})`;
const byTenant = "tenant <> 'shadow'";
const byAccount = "account_id not in (select id from billing.accounts where tenant = 'shadow')";

describe('a question of a spec', () => {
  test('is asked of all rows but the shadow’s, under the names that it uses', () => {
    expect(hideShadow('select count(*) from billing.accounts where id = $1')).toBe(
      `select count(*) from ${rows('accounts', byTenant)} as accounts where id = $1`,
    );
    expect(
      hideShadow(
        '/* a */ select 1 from billing.accounts a join billing.transaction_log as l on true',
      ),
    ).toBe(
      `/* a */ select 1 from ${rows('accounts', byTenant)} as a join ${rows('transaction_log', byAccount)} as l on true`,
    );
  });

  test.each([
    'delete from billing.accounts where id = 1',
    'with gone as (delete from billing.pay_outs returning 1) select 1 from gone',
    'select 1 from billing.get_account($1)',
    'select 1 from billing.consumer_offsets',
    'select 1 from billing.accounts for update',
  ])('stays as it is: %s', (text) => {
    expect(hideShadow(text)).toBe(text);
  });
});
