import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundLogFile, lastLines } from './log-file.js';

describe('a log file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'geo-billing-log-'));
  const file = join(folder, 'member.log');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('moves to its one predecessor when it is larger than allowed', () => {
    appendFileSync(file, 'old\n'.repeat(30));
    boundLogFile(file, 1_000);
    expect(readFileSync(file, 'utf8')).toHaveLength(120);
    boundLogFile(file, 100);
    expect(readFileSync(file, 'utf8')).toBe('');
    expect(readFileSync(`${file}.1`, 'utf8')).toHaveLength(120);
    appendFileSync(file, 'new\n');
    expect(lastLines(file, 5)).toBe('new');
  });

  test('that is not there yet is no error', () => {
    expect(() => boundLogFile(join(folder, 'none.log'), 1)).not.toThrow();
    expect(lastLines(join(folder, 'none.log'), 5)).toBe('');
  });
});
