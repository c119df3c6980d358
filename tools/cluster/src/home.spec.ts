import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseHome, isHome, lockHome, prepareHome, removeHome } from './home.js';
import { main } from './command-line/main.js';
import { identify } from './process-table.js';

const nobody = { name: 'nobody', uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
// Only root can look at the world as another user.
const testAsRoot = isRoot ? test : test.skip;

describe('a home', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'geo-billing-home-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is where BILLING_HOME says, else .cluster in the clone', () => {
    expect(chooseHome({ BILLING_HOME: '/srv/billing' }, folder, undefined)).toEqual({
      home: '/srv/billing',
    });
    expect(chooseHome({}, folder, undefined)).toEqual({ home: join(folder, '.cluster') });
  });

  testAsRoot('is elsewhere when the user of PostgreSQL cannot enter the clone, and says so', () => {
    expect(chooseHome({}, folder, nobody)).toEqual({ home: join(folder, '.cluster') });
    chmodSync(folder, 0o700);
    const choice = chooseHome({}, folder, nobody);
    expect(choice.home).toMatch(/^\/var\/tmp\/geo-billing-[0-9a-f]{8}$/);
    expect(choice.remark).toContain(`nobody, who runs PostgreSQL, cannot enter ${folder}`);
  });

  testAsRoot('that the user of PostgreSQL cannot enter is refused with what to do', () => {
    chmodSync(folder, 0o700);
    const home = join(folder, 'home');
    expect(() => prepareHome(home, nobody, false)).toThrow(
      /cannot enter .*chmod o\+x.*BILLING_HOME/,
    );
  });

  test('is never made of a folder that holds something else, nor removed', () => {
    writeFileSync(join(folder, 'thesis.txt'), 'years of work');
    expect(() => prepareHome(folder, undefined, false)).toThrow(/holds something else already/);
    expect(isHome(folder)).toBe(false);
    expect(() => removeHome(folder)).toThrow(/is not a cluster's home/);
    expect(statSync(join(folder, 'thesis.txt')).isFile()).toBe(true);
  });

  test('is reset once somebody agrees, or has by --yes, and not before', async () => {
    const home = join(folder, 'home');
    const asked: string[] = [];
    const reset = (answer: boolean, ...more: string[]): Promise<number> => {
      const ask = (question: string): Promise<boolean> => {
        asked.push(question);
        return Promise.resolve(answer);
      };
      return main(['reset', ...more], { environment: { BILLING_HOME: home }, ask });
    };
    prepareHome(home, undefined, false);
    expect(await reset(false)).toBe(1);
    expect(isHome(home)).toBe(true);
    expect(asked).toEqual([expect.stringContaining(home)]);
    expect(await reset(true)).toBe(0);
    expect(isHome(home)).toBe(false);
    prepareHome(home, undefined, false);
    expect(await reset(false, '--yes')).toBe(0);
    expect(isHome(home)).toBe(false);
    // Nothing is there: nothing to ask.
    expect(await reset(false)).toBe(0);
    expect(asked).toHaveLength(2);
  });

  test('is prepared twice without harm, and removed whole', () => {
    const home = join(folder, 'home');
    prepareHome(home, undefined, false);
    prepareHome(home, undefined, false);
    expect(isHome(home)).toBe(true);
    removeHome(home);
    expect(isHome(home)).toBe(false);
  });

  test('belongs to one supervisor: another that runs is named, one that ended is not', async () => {
    mkdirSync(join(folder, 'run'));
    const other = spawn('sleep', ['60']);
    await once(other, 'spawn');
    const file = join(folder, 'run/supervisor.pid');
    writeFileSync(file, JSON.stringify(identify(other.pid!)));
    expect(() => lockHome(folder)).toThrow(`is running already (pid ${other.pid})`);
    other.kill();
    await once(other, 'exit');
    lockHome(folder)();
    expect(() => statSync(file)).toThrow(/ENOENT/);
  });
});
