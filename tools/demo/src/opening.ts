import type { Plan } from './plan.js';
import type { Progress } from './progress.js';
import { forEachLimited } from './retry.js';
import type { Site } from './site.js';

export const currency = 'CZK';
const concurrency = 12;

export interface OpenedAccounts {
  /** The bank's number → the id here. */
  readonly ids: ReadonlyMap<string, string>;
  readonly newCount: number;
}

/** Opens every account of the plan at its home, or finds it there. */
export async function openAccounts(
  plan: Plan,
  sites: readonly Site[],
  progress: Progress,
): Promise<OpenedAccounts> {
  const ids = new Map<string, string>();
  let newCount = 0;
  await forEachLimited(plan.accounts, concurrency, async ({ number, home, idempotencyKey }) => {
    const { gateway } = sites[home]!;
    const { id, isNew } = await gateway.openAccount(`czech-${number}`, currency, idempotencyKey);
    ids.set(number, id);
    if (isNew) newCount += 1;
    progress.set(ids.size);
  });
  return { ids, newCount };
}
