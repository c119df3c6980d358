import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Jest's own word on `--updateSnapshot` (`-u`). */
function isUpdating(): boolean {
  const state = expect.getState() as { snapshotState?: { _updateSnapshot?: string } };
  return state.snapshotState?._updateSnapshot === 'all';
}

/** The text equals the file, line by line; `jest -u` writes the file instead. */
export function expectFile(file: string, text: string): void {
  if (isUpdating()) {
    writeFileSync(file, text);
    return;
  }
  const wanted = existsSync(file) ? readFileSync(file, 'utf8') : '';
  expect(text.split('\n')).toEqual(wanted.split('\n'));
}
