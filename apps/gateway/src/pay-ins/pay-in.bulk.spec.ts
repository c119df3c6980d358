import { NdjsonBody } from '../http/body.parsers.js';
import { HttpProblem } from '../http/problem.js';
import { BULK_ITEMS_MAX, readBulk, summarize } from './pay-in.bulk.js';
import type { AcceptedPayIn } from './pay-in.publisher.js';

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

describe('a bulk of pay-ins', () => {
  test('answers each item in its place', async () => {
    const results = await Promise.all(readBulk([good, { ...good, amount: '0' }, good], accept));
    expect(results.map(({ index, status }) => [index, status])).toEqual([
      [0, 'accepted'],
      [1, 'rejected'],
      [2, 'accepted'],
    ]);
    expect(summarize(results)).toMatchObject({ accepted: 2, rejected: 1, unavailable: 0 });
  });

  test('skips empty lines and refuses broken ones alone', async () => {
    const body = new NdjsonBody(`${JSON.stringify(good)}\r\n\n  \n{"a"\n`);
    const results = await Promise.all(readBulk(body, accept));
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'rejected']);
  });

  test('of which none was taken is an outage, unless all were bad', async () => {
    const none = await Promise.all(readBulk([good, {}], away));
    expect(() => summarize(none)).toThrow(HttpProblem);
    const commandId = expect.any(String) as string;
    expect(none[0]).toMatchObject({ status: 'unavailable', commandId, error: { status: 503 } });
    const bad = await Promise.all(readBulk([{}, {}], away));
    expect(summarize(bad)).toMatchObject({ accepted: 0, rejected: 2 });
  });

  test('hides no error of its own', async () => {
    const broken = async (): Promise<AcceptedPayIn> => {
      throw new TypeError('bug');
    };
    await expect(Promise.all(readBulk([good], broken))).rejects.toThrow(TypeError);
  });

  test('is bounded and never empty', () => {
    const many = Array.from({ length: BULK_ITEMS_MAX + 1 }, () => good);
    expect(() => readBulk(many, accept)).toThrow(/at most 10000/);
    expect(() => readBulk([], accept)).toThrow(HttpProblem);
    expect(() => readBulk({}, accept)).toThrow(HttpProblem);
    expect(() => readBulk(new NdjsonBody('\n'), accept)).toThrow(HttpProblem);
  });
});
