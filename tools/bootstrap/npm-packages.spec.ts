import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arePackagesCurrent, checkNode } from './npm-packages.mjs';

describe('the bootstrap', () => {
  const clone = mkdtempSync(join(tmpdir(), 'geo-billing-packages-'));
  const lock = {
    '': { version: '0.1.0' },
    'libs/money': { version: '0.1.0' },
    'node_modules/pg': { version: '8.1.0', integrity: 'sha512-a' },
    'node_modules/binary-for-windows': { version: '1.0.0', optional: true },
  };
  const write = (name: string, packages: object): void => {
    mkdirSync(join(clone, 'node_modules'), { recursive: true });
    writeFileSync(join(clone, name), JSON.stringify({ packages }));
  };
  beforeEach(() => write('package-lock.json', lock));
  afterAll(() => rmSync(clone, { recursive: true, force: true }));

  test('refuses a Node that is too old', () => {
    expect(() => checkNode('20.18.1')).toThrow(/too old/);
    expect(['20.19.0', '22.0.0', '24.1.0'].map(checkNode)).toHaveLength(3);
  });

  test('finds packages missing, of another version, or as the lock file says', () => {
    expect(arePackagesCurrent(clone)).toBe(false);
    write('node_modules/.package-lock.json', {});
    expect(arePackagesCurrent(clone)).toBe(false);
    write('node_modules/.package-lock.json', {
      'node_modules/pg': { version: '8.0.9', integrity: 'sha512-b' },
    });
    expect(arePackagesCurrent(clone)).toBe(false);
    write('node_modules/.package-lock.json', { 'node_modules/pg': lock['node_modules/pg'] });
    expect(arePackagesCurrent(clone)).toBe(true);
  });
});
