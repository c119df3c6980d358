import { eventually, type Ledger } from '@billing/testing';
import type { Moment } from './step-failures.js';

export type HeldStep = 'begin' | 'reserve' | 'decide' | 'close' | 'mark';

// Any number that nothing else in the database locks.
const MARK = 7_301;

/**
 * Holds a drain of one account in the middle of a step: before its write (`statement`) or when all is
 * written and nothing committed (`commit`), until it is let go. So a server can be killed right there.
 */
export class StepHolds {
  private constructor(private readonly ledgers: readonly Ledger[]) {}

  static async install(ledgers: readonly Ledger[]): Promise<StepHolds> {
    const tables = ['pay_out_attempts', 'reservations', 'drain_decisions'];
    // One statement a trigger: a transaction that locks several tables could meet recovery head on.
    const triggers = tables.flatMap((table) => [
      `/* hold before ${table} */ create trigger spec_hold_statement before insert or update on billing.${table}
         for each row execute function public.spec_hold('statement')`,
      `/* hold after ${table} */ create constraint trigger spec_hold_commit after insert or update on billing.${table}
         deferrable initially deferred for each row execute function public.spec_hold('commit')`,
    ]);
    for (const ledger of ledgers) {
      await ledger.rows(`/* step holds */ do $do$ begin
        create table public.spec_holds (account_id bigint, step text, moment text);
        create function public.spec_hold() returns trigger language plpgsql security definer as $$
        declare
          held text := case tg_table_name || ' ' || tg_op
            when 'pay_out_attempts INSERT' then 'begin'
            when 'pay_out_attempts UPDATE' then case when to_jsonb(old) ->> 'state' = to_jsonb(new) ->> 'state' then 'mark' end
            when 'drain_decisions INSERT' then 'decide'
            -- What a node sets aside for a drain of its own belongs to begin and decide.
            when 'reservations INSERT' then 'reserve'
            when 'reservations UPDATE' then 'close' end;
        begin
          if held in ('reserve', 'close') and (to_jsonb(new) ->> 'coordinator_node_id')::integer = billing.local_node_id() then
            return new;
          end if;
          if exists (select from public.spec_holds h where h.account_id = new.account_id and h.step = held and h.moment = tg_argv[0]) then
            perform pg_advisory_lock(${MARK}, new.account_id::integer);
            while exists (select from public.spec_holds h where h.account_id = new.account_id and h.step = held and h.moment = tg_argv[0]) loop
              perform pg_sleep(0.005);
            end loop;
            perform pg_advisory_unlock(${MARK}, new.account_id::integer);
          end if;
          return new;
        end $$;
      end $do$`);
      for (const trigger of triggers) await ledger.rows(trigger);
    }
    return new StepHolds(ledgers);
  }

  async set(nodeId: number, accountId: bigint, step: HeldStep, moment: Moment): Promise<void> {
    await this.ledgers[nodeId - 1]!.rows(
      '/* hold */ insert into public.spec_holds (account_id, step, moment) values ($1, $2, $3)',
      [accountId, step, moment],
    );
  }

  /** Until somebody is held there. */
  async untilHeld(nodeId: number, accountId: bigint): Promise<void> {
    await eventually(
      () =>
        this.ledgers[nodeId - 1]!.value<bigint>(
          `/* held */ select count(*) from pg_locks
            where locktype = 'advisory' and granted and classid = ${MARK} and objid = $1::bigint::oid`,
          [accountId],
        ),
      (count) => count > 0n,
      10_000,
    );
  }

  async letGo(nodeId: number): Promise<void> {
    await this.ledgers[nodeId - 1]!.rows('/* let go */ delete from public.spec_holds');
  }
}
