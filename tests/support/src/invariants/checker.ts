import type { Ledger } from '../ledger.js';

/** Looks at all nodes at a quiet moment. @returns what is wrong, a sentence each; empty: nothing */
export type Checker = (ledgers: readonly Ledger[]) => Promise<string[]>;

/** The same question to every node, answers with the number of the node that gave them. */
export async function askEach<T extends Record<string, unknown>>(
  ledgers: readonly Ledger[],
  text: string,
): Promise<(T & { readonly askedNode: number })[]> {
  const answers = await Promise.all(
    ledgers.map(async (ledger) => {
      const askedNode = await ledger.value<number>(
        '/* self */ select billing.local_node_id() as id',
      );
      return (await ledger.rows<T>(text)).map((row) => ({ ...row, askedNode }));
    }),
  );
  return answers.flat();
}

/** Sums by a key. */
export class Tally {
  private readonly sums = new Map<string, bigint>();

  add(key: unknown, amount: bigint): void {
    const name = String(key);
    this.sums.set(name, (this.sums.get(name) ?? 0n) + amount);
  }

  of(key: unknown): bigint {
    return this.sums.get(String(key)) ?? 0n;
  }

  keys(): string[] {
    return [...this.sums.keys()];
  }
}
