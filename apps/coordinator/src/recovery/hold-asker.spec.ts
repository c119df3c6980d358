import { jest } from '@jest/globals';
import type { Database, Row } from '@billing/database';
import type { Log } from '@billing/observability';
import { HoldAsker } from './hold-asker.js';

/** Says the same to each call, and counts them. */
class FakeDatabase {
  asked = 0;

  constructor(private readonly recorded: Row) {}

  async connect(): Promise<unknown> {
    return {
      isLost: false,
      release: () => undefined,
      query: (calling: string): Promise<Row[]> => {
        if (calling === 'record_hold_answers') return Promise.resolve([this.recorded]);
        this.asked += 1;
        return Promise.resolve([{ answers: this.asked > 3 ? [] : [{ node_id: 2 }] }]);
      },
    };
  }
}

async function ask(recorded: Row): Promise<{ asked: number; warned: unknown[]; erred: unknown[] }> {
  const database = new FakeDatabase(recorded);
  const warn = jest.fn();
  const error = jest.fn();
  const asker = new HoldAsker({
    nodeId: 2,
    database: database as unknown as Database,
    intervalMs: 10_000,
    batchMax: 3,
    timeoutMs: 100,
    log: { warn, error } as unknown as Log,
  });
  asker.start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await asker.stop();
  return {
    asked: database.asked,
    warned: warn.mock.calls.map(([facts]) => facts),
    erred: error.mock.calls.map(([facts]) => facts),
  };
}

const failure = { node_id: 2, operation_id: 'o', code: '22003', message: 'bigint out of range' };

test('what fails at a node is told once, with its code, and the next ones are asked at once', async () => {
  const { asked, warned, erred } = await ask({ recorded: 1, refused: ['p'], failed: [failure] });
  expect(asked).toBe(4);
  const { operation_id: operationId, node_id: nodeId, ...said } = failure;
  expect(warned).toEqual([{ peer: 2, failed: [{ ...said, operationId, nodeId }] }]);
  expect(erred).toEqual([{ peer: 2, refused: ['p'] }]);
});

test('a node at which all fails is not asked again at once', async () => {
  const { asked, warned } = await ask({ recorded: 0, refused: [], failed: Array(3).fill(failure) });
  expect(asked).toBe(1);
  expect(warned).toHaveLength(1);
});
