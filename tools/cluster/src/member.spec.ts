import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeLauncher } from './native/native-launcher.js';
import { Member, type MemberSpec, type RestartPolicy } from './member.js';
import { isAlive } from './process-table.js';

const quick: RestartPolicy = {
  delayMinMs: 20,
  delayMaxMs: 50,
  healthyAfterMs: 60_000,
};

describe('a member under supervision', () => {
  const folder = mkdtempSync(join(tmpdir(), 'geo-billing-member-'));
  const lines: string[] = [];
  let member: Member | undefined;

  /** A real process: a shell that runs the script. */
  function shell(
    script: string,
    restart: RestartPolicy | undefined,
    changes: Partial<MemberSpec> = {},
  ): Member {
    const logFile = join(folder, 'member.log');
    const command = { file: '/bin/sh', args: ['-c', script], env: { PATH: '/bin' }, cwd: folder };
    const spec: MemberSpec = {
      kind: 'gateway',
      nodeId: 1,
      name: 'dc1/gateway',
      // Port 0 is always free: this process opens none.
      ports: [{ name: 'none', port: 0 }],
      logFile,
      launcher: new NativeLauncher({
        command: () => command,
        logFile,
        pidFile: join(folder, 'member.pid'),
      }),
      stopSignals: [{ signal: 'SIGTERM', timeoutMs: 300 }],
      readyTimeoutMs: 2_000,
      prepare: async () => undefined,
      isReady: async () => readFileSync(logFile, 'utf8').includes('up'),
      lastHeard: () => 'nothing heard',
      afterReady: async () => undefined,
      ...changes,
    };
    rmSync(spec.logFile, { force: true });
    member = new Member(spec, restart, (line) => lines.push(line));
    return member;
  }

  async function until(isTrue: () => boolean): Promise<void> {
    // A bound on waiting for what does not come: 25 processes alone take seconds on a busy machine.
    const deadline = Date.now() + 25_000;
    while (!isTrue()) {
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(member?.status())}`);
      await sleep(5);
    }
  }

  afterEach(() => member?.stop());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('comes back as another process when it is killed, and counts that', async () => {
    const running = shell('echo up; exec sleep 60', quick);
    await running.start();
    const { pid } = running.status();
    await running.kill();
    expect(isAlive(pid!)).toBe(false);
    await until(() => running.status().state === 'running');
    expect(running.status()).toMatchObject({ restarts: 1 });
    expect(running.status().pid).not.toBe(pid);
    expect(lines).toContain('dc1/gateway ended (SIGKILL); starting it again in 20 ms');
  });

  test('is started again for as long as it fails, with a pause that grows up to its bound', async () => {
    lines.length = 0;
    // Once it has run for long enough to be seen, then never again.
    const failing = shell('echo up; mkdir seen || exit 3; sleep 0.3; exit 3', quick);
    await failing.start();
    const pauses = (): string[] => lines.flatMap((line) => / ([0-9]+) ms$/.exec(line)?.[1] ?? []);
    await until(() => pauses().length >= 25);
    expect(pauses().slice(0, 25)).toEqual(['20', '40', ...Array(23).fill('50')]);
    expect(failing.status().state).not.toBe('failed');
  });

  test('that has come back is left running while it waits for others, however long', async () => {
    let isReady = true;
    const waiting = shell('echo up; exec sleep 60', quick, {
      readyTimeoutMs: 200,
      isReady: () => Promise.resolve(isReady),
    });
    await waiting.start();
    isReady = false;
    await waiting.kill();
    await until(() => waiting.status().state === 'starting' && waiting.status().pid !== undefined);
    const { pid } = waiting.status();
    lines.length = 0;
    await until(() => lines.length >= 3);
    expect(lines[0]).toMatch(
      /^dc1\/gateway is not ready after 0.2 s; it runs, so it is left to wait \(process \d+ /,
    );
    expect(waiting.status()).toMatchObject({ state: 'starting', pid });
    isReady = true;
    await until(() => waiting.status().state === 'running');
    expect(waiting.status().pid).toBe(pid);
    // And is stopped at once, should it never be.
    isReady = false;
    await waiting.kill();
    await until(() => waiting.status().state === 'starting' && waiting.status().pid !== undefined);
    await waiting.stop();
    expect(waiting.status()).toMatchObject({ state: 'stopped', pid: undefined });
  });

  test('stays away once it is stopped, even while it waits to be started again', async () => {
    const waiting = shell('echo up; exec sleep 60', { ...quick, delayMinMs: 100 });
    await waiting.start();
    await waiting.kill();
    await until(() => waiting.status().state === 'waiting');
    await waiting.stop();
    await sleep(200);
    expect(waiting.status()).toMatchObject({ state: 'stopped', pid: undefined });
  });

  test('stays away after a crash when restarts are off', async () => {
    const once = shell('echo up; exec sleep 60', undefined);
    await once.start();
    await once.kill();
    expect(once.status().state).toBe('stopped');
    await expect(once.pause()).rejects.toThrow('cannot pause dc1/gateway: it is stopped');
  });

  test('that ended by itself says how, and what it said last', async () => {
    const brief = shell('echo up; sleep 0.2; echo the last word; exit 3', undefined);
    await brief.start();
    await until(() => brief.status().state === 'stopped');
    await expect(brief.pause()).rejects.toThrow(/ended by itself \(code 3\).*the last word/s);
  });

  test('is killed when it does not heed its stop signal', async () => {
    const deaf = shell('trap "" TERM; echo up; while true; do sleep 0.1; done', quick);
    await deaf.start();
    const { pid } = deaf.status();
    const startedMs = Date.now();
    await deaf.stop();
    expect(isAlive(pid!)).toBe(false);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(300);
  });

  test('fails its start with the end of its log when it ends before it is ready', async () => {
    const broken = shell('echo no such table >&2; exit 1', quick);
    await expect(broken.start()).rejects.toMatchObject({
      code: 'MEMBER_FAILED',
      message: expect.stringMatching(/ended before it was ready[\s\S]*no such table/),
    });
    expect(broken.status().state).toBe('failed');
  });

  test('fails its start with what the process was doing when it is not ready in time', async () => {
    const slow = shell('exec sleep 60', undefined);
    await expect(slow.start()).rejects.toMatchObject({
      code: 'MEMBER_FAILED',
      message: expect.stringMatching(
        /not ready within 2 s \(process \d+ \(state S\) has had \d+ ms of processor time; load [\d.]+; nothing heard\)/,
      ),
    });
  });

  test('ends a process that a killed supervisor left, by its pid file', async () => {
    const left = shell('echo up; exec sleep 60', undefined);
    await left.start();
    const { pid } = left.status();
    const next = new Member(left.spec, undefined, (line) => lines.push(line));
    await next.clearLeftovers();
    expect(isAlive(pid!)).toBe(false);
    expect(lines).toContain(`dc1/gateway: stopping process ${pid}, left by an earlier run`);
  });

  test('is still paused and resumed, and stops while it is paused', async () => {
    const paused = shell('echo up; exec sleep 60', quick);
    await paused.start();
    await paused.pause();
    const { pid } = paused.status();
    const stateOf = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2]!;
    await until(() => stateOf() === 'T');
    await paused.resume();
    await until(() => stateOf() === 'S');
    await paused.pause();
    await paused.stop();
    expect(isAlive(pid!)).toBe(false);
  });
});
