import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterError } from '../cluster-error.js';
import { askSupervisor, controlSocketPath, serveControl } from './control.js';
import { parseTarget } from './control-verbs.js';

describe('the control socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'geo-billing-control-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ['a short home', 'home'],
    ['a home too long for a socket path', 'h'.repeat(120)],
  ])('carries a request and its answer in %s, for its owner alone', async (_, name) => {
    const home = join(folder, name);
    mkdirSync(join(home, 'run'), { recursive: true });
    const server = await serveControl(home, async ({ verb, target }) => `${verb} ${target}`);
    try {
      expect(await askSupervisor(home, { verb: 'stop', target: 'dc2' })).toBe('stop dc2');
      expect(statSync(controlSocketPath(home)).mode & 0o777).toBe(0o600);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('carries an error with its code', async () => {
    const home = join(folder, 'failing');
    mkdirSync(join(home, 'run'), { recursive: true });
    const server = await serveControl(home, async () => {
      throw new ClusterError('BAD_REQUEST', 'no such part');
    });
    try {
      const asked = askSupervisor(home, { verb: 'stop', target: 'dc9' });
      await expect(asked).rejects.toMatchObject({ code: 'BAD_REQUEST', message: 'no such part' });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('says that nothing runs when nobody listens', async () => {
    const asked = askSupervisor(join(folder, 'nobody'), { verb: 'status' });
    await expect(asked).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });

  test('understands a datacenter and a member of one, and nothing else', () => {
    expect(parseTarget('dc2')).toEqual({ nodeId: 2, kind: undefined });
    expect(parseTarget('dc12/ledger-worker')).toEqual({ nodeId: 12, kind: 'ledger-worker' });
    for (const wrong of [undefined, '', 'dc', 'dc0', '2', 'dc2/', 'dc2/redis', 'dc2/kafka/x']) {
      expect(() => parseTarget(wrong)).toThrow(/names no part/);
    }
  });
});
