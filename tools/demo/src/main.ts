import { fileURLToPath } from 'node:url';
import { ClusterError, createRootCommand, parseCount } from '@billing/cluster';
import { DatabaseError } from '@billing/database';
import { CommanderError } from 'commander';
import { Demo, type DemoOptions } from './demo.js';
import { DemoError, exitCodes } from './demo.errors.js';

const epilogue = `
Runs with another file name, datacenters or limit have accounts of their own.
Exit code: 0 all equal, 1 mismatch, 2 usage or file, 3 no cluster, 4 gave up waiting.`;

const standardFile = fileURLToPath(
  new URL('../../../examples/data/czech-bank-1993.csv', import.meta.url),
);

export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
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
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.equal : exitCodes.usage;
  }
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

/** @throws CommanderError when there is nothing to run, with everything said already */
export function parseOptions(args: readonly string[]): DemoOptions {
  const program = createRootCommand('npm run demo --')
    .description(
      "A bank's year through the running cluster (npm start): opens its accounts, pays in and out in the order of the file, compares",
    )
    .argument('[file]', 'default examples/data/czech-bank-1993.csv')
    .option('--datacenters <names>', 'that take part, such as dc1,dc3; default all', (names) =>
      names.split(','),
    )
    .option('--limit <number>', 'rows of the file at most', parseCount)
    .option(
      '--rate <number>',
      'pay-ins sent in a second, to watch; default as fast as it goes',
      parseCount,
    )
    .option(
      '--home <folder>',
      'of the cluster; default BILLING_HOME, else where npm start keeps it',
    )
    .addHelpText('after', epilogue)
    .parse([...args], { from: 'user' });
  const { home, datacenters, limit, rate } = program.opts<{
    home?: string;
    datacenters?: string[];
    limit?: number;
    rate?: number;
  }>();
  return {
    file: program.args[0] ?? standardFile,
    home,
    datacenterNames: datacenters,
    limit,
    ratePerSecond: rate,
  };
}
