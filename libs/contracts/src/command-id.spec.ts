import { isUuid } from './index.js';
import { createCommandId } from './command-id.js';

describe('a command id made here', () => {
  test('is a UUID of version 7 that bears its time', () => {
    const id = createCommandId(0x0123456789ab);
    expect(isUuid(id)).toBe(true);
    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab]/);
  });

  test('is never the same twice, and later ones sort behind earlier ones', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => createCommandId(1_000 + index));
    expect(new Set(ids).size).toBe(1_000);
    expect([...ids].sort()).toEqual(ids);
    expect(createCommandId(1)).not.toBe(createCommandId(1));
  });
});
