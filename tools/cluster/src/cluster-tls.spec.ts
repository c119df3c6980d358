import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { findTlsFiles, prepareTls } from './cluster-tls.js';

const home = mkdtempSync(join(tmpdir(), 'geo-billing-tls-'));
const folder = join(home, 'tls');
afterAll(() => rmSync(home, { recursive: true }));

const DAY_MS = 24 * 3_600_000;
const certificate = (): string => readFileSync(findTlsFiles(folder)!.certFile, 'utf8');

test('the certificate of a home is made once, anew before it ends, and goes with --tls', () => {
  prepareTls(folder, true, undefined);
  const first = certificate();
  // PostgreSQL's user enters; the key is its own alone.
  expect(statSync(folder).mode & 0o777).toBe(0o755);
  expect(statSync(findTlsFiles(folder)!.keyFile).mode & 0o777).toBe(0o600);
  prepareTls(folder, true, undefined);
  expect(certificate()).toBe(first);
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 340 * DAY_MS);
  prepareTls(folder, true, undefined);
  clock.mockRestore();
  expect(certificate()).not.toBe(first);
  prepareTls(folder, false, undefined);
  expect(existsSync(folder)).toBe(false);
  expect(findTlsFiles(folder)).toBeUndefined();
});
