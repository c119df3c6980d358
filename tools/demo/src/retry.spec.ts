import { setTimeout as sleep } from 'node:timers/promises';
import { forEachLimited, untilDone } from './retry.js';

test('what may succeed later is tried again, what may not is thrown at once', async () => {
  let tries = 0;
  const attempt = async (): Promise<string> => {
    tries += 1;
    if (tries < 3) throw new Error('busy');
    return 'done';
  };
  const heard: string[] = [];
  const words = {
    what: 'a try',
    isRetryable: (error: unknown) => (error as Error).message === 'busy',
    onRetry: (error: Error) => void heard.push(error.message),
  };
  expect(await untilDone(words, attempt)).toBe('done');
  expect(heard).toEqual(['busy', 'busy']);
  const refuse = async (): Promise<never> => {
    throw new Error('no');
  };
  await expect(untilDone(words, refuse)).rejects.toThrow('no');
});

test('nobody waits for it any more: it is not tried again', async () => {
  const stop = new AbortController();
  let tries = 0;
  const attempt = async (): Promise<never> => {
    tries += 1;
    stop.abort();
    throw new Error('busy');
  };
  const words = { what: 'a try', isRetryable: () => true, signal: stop.signal };
  await expect(untilDone(words, attempt)).rejects.toThrow('busy');
  expect(tries).toBe(1);
});

test('the first failure stops the rest', async () => {
  const seen: number[] = [];
  const act = async (item: number): Promise<void> => {
    seen.push(item);
    await sleep(1);
    if (item === 2) throw new Error('two');
  };
  await expect(forEachLimited([1, 2, 3, 4, 5, 6], 2, act)).rejects.toThrow('two');
  expect(seen.length).toBeLessThan(5);
});
