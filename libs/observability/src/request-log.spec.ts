import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RequestLog } from './index.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'request-log-'));
  file = join(folder, 'log');
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (level: string): RequestLog => new RequestLog({ app: 'spec', nodeId: 2, level }, file);
const lines = (): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('lines of requests', () => {
  test('look like all others, and are there a moment later', async () => {
    const log = open('info');
    log.write({ requestId: 'a', status: 201 });
    log.write({ requestId: 'b', status: 503 });
    expect(lines()).toEqual([]);
    await sleep(300);
    expect(lines()).toMatchObject([
      { level: 30, app: 'spec', node: 2, requestId: 'a', status: 201, msg: 'request' },
      { level: 30, app: 'spec', node: 2, requestId: 'b', status: 503, msg: 'request' },
    ]);
  });

  test('are at once there when flushed, and when there are many', () => {
    const log = open('info');
    log.write({ requestId: 'a' });
    log.flush();
    expect(lines()).toHaveLength(1);
    for (let n = 0; n < 1_000; n += 1) log.write({ requestId: n });
    expect(lines().length).toBeGreaterThan(900);
    log.flush();
    expect(lines()).toHaveLength(1_001);
  });

  test('are not written at a level above', () => {
    const log = open('warn');
    log.write({ requestId: 'a' });
    log.flush();
    expect(lines()).toEqual([]);
  });
});
