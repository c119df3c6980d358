import { ArraySplitter, LineSplitter } from '../http/item-splitter.js';
import { HttpProblem } from '../http/http-problem.js';
import { BULK_ITEMS_MAX, payInItems, publishBulk, summarize } from './pay-in-bulk.js';
import type { AcceptedPayIn } from './pay-in-publisher.js';

const good = { accountId: '17', amount: '1.00', currency: 'USD' };

const accept = async ({ commandId }: { commandId: string }): Promise<AcceptedPayIn> => ({
  commandId,
  status: 'accepted',
  receipt: '1-2-3',
  statusUrl: '/',
});
const away = async ({ commandId }: { commandId: string }): Promise<AcceptedPayIn> => {
  throw HttpProblem.unavailable('away', { members: { commandId } });
};

function split(text: string, Splitter: typeof ArraySplitter | typeof LineSplitter = ArraySplitter) {
  const splitter = new Splitter(payInItems);
  splitter.write(Buffer.from(text));
  splitter.end();
  return splitter;
}

const itemsOf = (body: unknown): readonly unknown[] => split(JSON.stringify(body)).items;

describe('a bulk of pay-ins', () => {
  test('answers each item in its place', async () => {
    const results = await publishBulk(itemsOf([good, { ...good, amount: '0' }, good]), accept);
    expect(results.map(({ index, status }) => [index, status])).toEqual([
      [0, 'accepted'],
      [1, 'rejected'],
      [2, 'accepted'],
    ]);
    expect(summarize(results)).toMatchObject({ accepted: 2, rejected: 1, unavailable: 0 });
  });

  test('skips empty lines and refuses broken ones alone', async () => {
    const { items } = split(`${JSON.stringify(good)}\r\n\n  \n{"a"\n`, LineSplitter);
    const results = await publishBulk(items, accept);
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'rejected']);
  });

  test('of which none was taken is an outage, unless all were bad', async () => {
    const none = await publishBulk(itemsOf([good, {}]), away);
    expect(() => summarize(none)).toThrow(HttpProblem);
    const commandId = expect.any(String) as string;
    expect(none[0]).toMatchObject({ status: 'unavailable', commandId, error: { status: 503 } });
    const bad = await publishBulk(itemsOf([{}, {}]), away);
    expect(summarize(bad)).toMatchObject({ accepted: 0, rejected: 2 });
  });

  test('hides no error of its own', async () => {
    const broken = async (): Promise<AcceptedPayIn> => {
      throw new TypeError('bug');
    };
    await expect(publishBulk(itemsOf([good]), broken)).rejects.toThrow(TypeError);
  });

  test('is bounded and never empty', () => {
    const many = Array.from({ length: BULK_ITEMS_MAX + 1 }, () => good);
    expect(split(JSON.stringify(many)).refusal?.message).toMatch(/at most 10000/);
    expect(split('[]').refusal).toBeInstanceOf(HttpProblem);
    expect(split('{}').refusal).toBeInstanceOf(HttpProblem);
    expect(split('\n', LineSplitter).refusal).toBeInstanceOf(HttpProblem);
  });
});
