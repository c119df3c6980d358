import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, type Cluster } from '@billing/cluster';
import { expectFile } from './expected-file.js';
import { psql, testsFolder } from './psql.js';

// Each x.example.sql says what the functions promise; x.out is what psql shows. Every transcript runs
// in one transaction that is not committed (begin_example.sql), so one database serves them all.
const suffix = '.example.sql';
const names = readdirSync(testsFolder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length));

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

test.each(names)(
  '%s does what its transcript shows',
  async (name) => {
    const begin = readFileSync(join(testsFolder, 'begin_example.sql'), 'utf8');
    const example = readFileSync(join(testsFolder, `${name}${suffix}`), 'utf8');
    const { code, output } = await psql(cluster, 1, begin + example, { args: ['-q'] });
    expect(code).toBe(0);
    expectFile(join(testsFolder, `${name}.out`), output);
  },
  60_000,
);
