import type { Ledger } from '@billing/testing';

/** `statement`: the write itself fails. `commit`: all is written, and the commit fails. */
export type Moment = 'statement' | 'commit';

const tables = [
  'pay_outs',
  'pay_out_attempts',
  'drain_decisions',
  'reservations',
  'transaction_log',
  'account_balances',
  'holds',
  'hold_parts',
  'hold_captures',
  'hold_operations',
  'hold_asks',
];

/** Makes a step fail where it writes a table, at a node, until told otherwise. Ordinary triggers: what
 * replication brings is not touched. */
export class StepFailures {
  private constructor(private readonly ledgers: readonly Ledger[]) {}

  static async install(ledgers: readonly Ledger[]): Promise<StepFailures> {
    const triggers = tables.map(
      (table) => `
        create trigger spec_statement before insert or update or delete on billing.${table}
          for each row execute function public.spec_failure('statement');
        create constraint trigger spec_commit after insert or update or delete on billing.${table}
          deferrable initially deferred for each row execute function public.spec_failure('commit');`,
    );
    for (const ledger of ledgers) {
      await ledger.rows(`/* step failures */ do $do$ begin
        create table public.spec_failures (table_name text, moment text);
        create function public.spec_failure() returns trigger language plpgsql security definer as $$
        begin
          if exists (select from public.spec_failures f
                      where f.table_name = tg_table_name and f.moment = tg_argv[0]) then
            raise exception 'a failure of the spec';
          end if;
          return coalesce(new, old);
        end $$;
        ${triggers.join('')}
      end $do$`);
    }
    return new StepFailures(ledgers);
  }

  async arm(nodeId: number, table: string, moment: Moment): Promise<void> {
    await this.ledgers[nodeId - 1]!.rows(
      '/* arm */ insert into public.spec_failures (table_name, moment) values ($1, $2)',
      [table, moment],
    );
  }

  async disarm(): Promise<void> {
    for (const ledger of this.ledgers)
      await ledger.rows('/* disarm */ delete from public.spec_failures');
  }
}
