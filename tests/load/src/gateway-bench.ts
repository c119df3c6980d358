/**
 * What one gateway takes: POST /v1/pay-ins over many connections, then bulks, with a real broker. Client,
 * broker and gateway share the machine, so the gateway's own processor time per pay-in stands beside
 * the rate: it says what a quiet machine would do.
 *
 *   npm run bench:gateway [-- --help]
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { parseCount, type Cluster } from '@billing/cluster';
import { Option } from 'commander';
import { createBenchCommand, parseMs } from './bench-command.js';
import { withCluster } from './bench-cluster.js';

const NODE = 1;
const ACCOUNTS = 1_000;
const BULK_ITEMS = 10_000;
const WARM_UP_MS = 2_000;
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

const options = createBenchCommand('bench:gateway')
  .description('What one gateway takes: pay-ins over many connections, then bulks')
  .option('--seconds <number>', 'of each measurement', parseCount, 10)
  .option('--connections <number>', 'for pay-ins one by one', parseCount, 64)
  .addOption(
    new Option('--linger-ms <list>', 'one cluster each, such as 0,2,5')
      .argParser((text) => text.split(',').map(parseMs))
      .default([2], '2'),
  )
  .parse()
  .opts<{ seconds: number; connections: number; lingerMs: number[] }>();
const { connections } = options;
const durationMs = options.seconds * 1_000;
const agent = new Agent({ keepAlive: true, maxSockets: connections });
let sent = 0;
let token = '';

for (const lingerMs of options.lingerMs) {
  await withCluster(
    {
      nodeCount: 1,
      members: ['postgres', 'kafka', 'coordinator', 'gateway'],
      appEnvironment: { gateway: { PAY_IN_LINGER_MS: String(lingerMs), HTTP_RATE_MAX: '0' } },
      log: () => undefined,
    },
    async (cluster) => {
      token = await cluster.signToken();
      console.log(`linger ${lingerMs} ms`);
      await benchSingles(cluster, WARM_UP_MS);
      const singles = await measured(cluster, () => benchSingles(cluster, durationMs));
      console.log(`  POST /v1/pay-ins, ${connections} connections: ${singles}`);
      const bulks = await measured(cluster, () => benchBulks(cluster, durationMs));
      console.log(`  POST /v1/pay-ins/bulk, ${BULK_ITEMS} a request, one at a time: ${bulks}`);
    },
  );
}
agent.destroy();

async function benchSingles(cluster: Cluster, forMs: number): Promise<number[]> {
  const end = performance.now() + forMs;
  const latenciesMs: number[] = [];
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const startMs = performance.now();
      await post(cluster, '/v1/pay-ins', JSON.stringify(nextPayIn()), 202);
      latenciesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  return latenciesMs;
}

async function benchBulks(cluster: Cluster, forMs: number): Promise<number[]> {
  const end = performance.now() + forMs;
  const latenciesMs: number[] = [];
  while (performance.now() < end) {
    const body = JSON.stringify(Array.from({ length: BULK_ITEMS }, nextPayIn));
    const startMs = performance.now();
    await post(cluster, '/v1/pay-ins/bulk', body, 200);
    const tookMs = performance.now() - startMs;
    for (let item = 0; item < BULK_ITEMS; item += 1) latenciesMs.push(tookMs);
  }
  return latenciesMs;
}

async function measured(cluster: Cluster, run: () => Promise<number[]>): Promise<string> {
  const cpuBefore = processorMs(cluster);
  const startMs = performance.now();
  const latencies = (await run()).sort((a, b) => a - b);
  const seconds = (performance.now() - startMs) / 1_000;
  const cpuUs = ((processorMs(cluster) - cpuBefore) / latencies.length) * 1_000;
  const at = (share: number): string =>
    (latencies[Math.floor(latencies.length * share)] ?? NaN).toFixed(1);
  const rate = Math.round(latencies.length / seconds);
  return `${rate}/s, median ${at(0.5)} ms, 99 % within ${at(0.99)} ms; ${cpuUs.toFixed(0)} us of processor time each`;
}

/** User and system time of the gateway so far. */
function processorMs(cluster: Cluster): number {
  const { pid } = cluster.memberStatus('gateway', NODE);
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function nextPayIn(): object {
  sent += 1;
  return { accountId: String(1 + 64 * (sent % ACCOUNTS)), amount: '1.50', currency: 'USD' };
}

function post(cluster: Cluster, path: string, body: string, wanted: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(
      cluster.gatewayUrl(NODE) + path,
      {
        agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          if (response.statusCode === wanted) resolve();
          else reject(new Error(`${path} answered ${response.statusCode}`));
        });
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}
