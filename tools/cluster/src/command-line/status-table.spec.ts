import { formatDuration, formatStatus } from './status-table.js';

describe('the status table', () => {
  test('has a line per member, numbers to the right', () => {
    const table = formatStatus([
      {
        name: 'dc1/postgres',
        kind: 'postgres',
        nodeId: 1,
        state: 'running',
        pid: 17,
        port: 15432,
        uptimeMs: 65_000,
        readyAfterMs: 1_200,
        restarts: 2,
      },
      {
        name: 'dc1/kafka',
        kind: 'kafka',
        nodeId: 1,
        state: 'stopped',
        pid: undefined,
        port: 19092,
        uptimeMs: undefined,
        readyAfterMs: undefined,
        restarts: 0,
      },
    ]);
    expect(table.split('\n')).toEqual([
      'part          state    pid   port     uptime  restarts',
      'dc1/postgres  running   17  15432  1 min 5 s         2',
      'dc1/kafka     stopped    -  19092          -         0',
    ]);
  });

  test('says durations in two units at most', () => {
    expect([900, 59_000, 3_600_000, 90_000_000].map(formatDuration)).toEqual([
      '0 s',
      '59 s',
      '1 h 0 min',
      '1 d 1 h',
    ]);
  });
});
