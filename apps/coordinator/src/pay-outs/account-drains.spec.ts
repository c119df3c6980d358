import { AccountDrains } from './account-drains.js';

const inMs = (ms: number): number => performance.now() + ms;

describe('drains of accounts', () => {
  test('let those that wait go on when they end, in order of arrival', async () => {
    const drains = new AccountDrains();
    const order: string[] = [];
    drains.begin('1');
    const waiting = ['a', 'b', 'c'].map((name) =>
      drains.ended('1', inMs(60_000)).then((ended) => order.push(`${name} ${ended}`)),
    );
    expect(drains.has('1')).toBe(true);
    drains.end('1');
    await Promise.all(waiting);
    expect(order).toEqual(['a true', 'b true', 'c true']);
    expect(drains.has('1')).toBe(false);
  });

  test('that were begun together let nobody go on before the last of them has ended', async () => {
    const drains = new AccountDrains();
    drains.begin('1');
    drains.begin('1');
    let isOver = false;
    const waiting = drains.ended('1', inMs(60_000)).then(() => (isOver = true));
    drains.end('1');
    await Promise.resolve();
    expect([isOver, drains.has('1')]).toEqual([false, true]);
    drains.end('1');
    await waiting;
    expect(drains.has('1')).toBe(false);
  });

  test('hold up no other account, and nobody once they have ended', async () => {
    const drains = new AccountDrains();
    drains.begin('1');
    expect(await drains.ended('2', inMs(60_000))).toBe(true);
    drains.end('1');
    expect(await drains.ended('1', inMs(60_000))).toBe(true);
  });

  test('hold nobody beyond the deadline', async () => {
    const drains = new AccountDrains();
    drains.begin('1');
    const late = drains.ended('1', inMs(20));
    const patient = drains.ended('1', inMs(60_000));
    expect(await late).toBe(false);
    drains.end('1');
    expect(await patient).toBe(true);
  });

  test('hold nobody once all is to stop', async () => {
    const drains = new AccountDrains();
    drains.begin('1');
    const waiting = drains.ended('1', inMs(60_000));
    drains.stop();
    expect(await waiting).toBe(false);
    expect(await drains.ended('1', inMs(60_000))).toBe(false);
  });
});
