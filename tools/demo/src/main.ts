import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ClusterError } from '@billing/cluster';
import { DatabaseError } from '@billing/database';
import { Demo, type DemoOptions } from './demo.js';
import { DemoError, exitCodes } from './demo.errors.js';

const usage = `usage: npm run demo -- [file] [options]
A bank's year through the running cluster (npm start): opens its accounts, pays in and out in the
order of the file, compares.
  file                        default examples/data/czech-bank-1993.csv
  --datacenters dc1,dc2,dc3   that take part; default all
  --limit <n>                 rows of the file at most
  --rate <n>                  pay-ins sent in a second, to watch; default as fast as it goes
  --home <folder>             of the cluster; default BILLING_HOME, else where npm start keeps it
Runs with another file name, datacenters or limit have accounts of their own.
Exit code: 0 all equal, 1 mismatch, 2 usage or file, 3 no cluster, 4 gave up waiting.`;

const standardFile = fileURLToPath(
  new URL('../../../examples/data/czech-bank-1993.csv', import.meta.url),
);

export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === 'help') {
      console.log(usage);
      return exitCodes.equal;
    }
    const { stdout } = process;
    const demo = new Demo(options, {
      isTerminal: stdout.isTTY === true,
      width: stdout.columns ?? 80,
      write: (text) => void stdout.write(text),
    });
    return await demo.run();
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof DemoError) {
    console.error(error.message);
    return error.exitCode;
  }
  if (error instanceof ClusterError) {
    console.error(error.message);
    return error.code === 'BAD_REQUEST' ? exitCodes.usage : exitCodes.notRunning;
  }
  // kafkajs gave up, or a database refused us: both say what and where.
  const isKnown = error instanceof DatabaseError || String((error as Error).name).includes('Kafka');
  if (!isKnown) throw error;
  console.error(`gave up: ${(error as Error).message}`);
  return exitCodes.gaveUp;
}

export function parseOptions(args: readonly string[]): DemoOptions | 'help' {
  const { values, positionals } = readArguments(args);
  if (values.help) return 'help';
  if (positionals.length > 1) throw new DemoError('USAGE', `one file at a time\n${usage}`);
  return {
    file: positionals[0] ?? standardFile,
    home: values.home,
    datacenterNames: values.datacenters?.split(','),
    limit: parseCount('--limit', values.limit),
    ratePerSecond: parseCount('--rate', values.rate),
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        datacenters: { type: 'string' },
        limit: { type: 'string' },
        rate: { type: 'string' },
        home: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new DemoError('USAGE', `${(error as Error).message}\n${usage}`, { cause: error });
  }
}

function parseCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new DemoError('USAGE', `${option} must be a whole number above 0, not "${text}"`);
  }
  return Number(text);
}
