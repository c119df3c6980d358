import type { PayOutRequest, PaidOut } from '@billing/contracts';
import { Payer, type TimedOutcome } from './payer.js';
import { NoPayOutAnswer, PayOutRefusal } from './pay-out-stream.js';

const request = { reference: 'transaction 7', idempotencyKey: 'k' } as PayOutRequest;
const paid = {
  replayed: false,
  payOut: {
    parts: [
      { nodeId: 1, amount: '2.00' },
      { nodeId: 3, amount: '0.50' },
    ],
  },
} as PaidOut;
const troubles: string[] = [];
beforeEach(() => troubles.splice(0));

/** Asked once for each of the answers, in order. */
function ask(answers: readonly (PaidOut | Error)[]): {
  result: Promise<TimedOutcome>;
  keys: string[];
} {
  const rest = answers.values();
  const keys: string[] = [];
  const payer = new Payer({
    datacenterName: 'dc1',
    stream: {
      payOut: async ({ idempotencyKey }) => {
        keys.push(idempotencyKey);
        const answer = rest.next().value!;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    onTrouble: (reason) => void troubles.push(reason),
    onWell: () => undefined,
  });
  return { result: payer.payOut(request, new AbortController().signal), keys };
}

test('a pay-out is made of what each node gave', async () => {
  const { outcome, tookMs } = await ask([paid]).result;
  const parts = new Map([
    [1, 200n],
    [3, 50n],
  ]);
  expect(outcome).toEqual({ kind: 'paid', parts, replayed: false });
  expect(tookMs).toBeGreaterThanOrEqual(0);
});

test('insufficient funds is an answer, and asked once', async () => {
  const { result, keys } = ask([new PayOutRefusal('INSUFFICIENT_FUNDS', 'short', false)]);
  expect((await result).outcome).toEqual({ kind: 'refused' });
  expect(keys).toEqual(['k']);
});

test.each([
  new NoPayOutAnswer('gone'),
  new PayOutRefusal('CONTENDED', 'held', true),
  new PayOutRefusal('INSUFFICIENT_REACHABLE_FUNDS', 'dc2 is away', true),
  new PayOutRefusal('DEADLINE_EXCEEDED', 'late', true),
  new PayOutRefusal('IN_PROGRESS', 'still running', true),
  new PayOutRefusal('OUTCOME_UNKNOWN', 'lost', true),
  new PayOutRefusal('ACCOUNT_NOT_FOUND', 'not replicated', false),
])('$reason $name is tried again under the same key', async (error) => {
  const { result, keys } = ask([error, paid]);
  expect((await result).outcome.kind).toBe('paid');
  expect(keys).toEqual(['k', 'k']);
});

test('only what is wrong with the datacenter itself is told as its trouble', async () => {
  await ask([new PayOutRefusal('CONTENDED', 'held', true), paid]).result;
  expect(troubles).toEqual([]);
  await ask([new NoPayOutAnswer('gone'), paid]).result;
  expect(troubles).toEqual(['its coordinator does not answer']);
});

test('a reason that no row of the file can have ends the run', async () => {
  const { result } = ask([new PayOutRefusal('CURRENCY_MISMATCH', 'it has USD', false)]);
  await expect(result).rejects.toThrow('it has USD');
});
