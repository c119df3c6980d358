// The first command on a new machine: it needs Node and nothing else, so it has no dependencies.
//   node tools/bootstrap.mjs start            installs what is missing, builds, runs the cluster
//   node tools/bootstrap.mjs test [jest …]    the same, then the tests
//   node tools/bootstrap.mjs cluster <verb>   talks to the running cluster
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './bootstrap/build.mjs';
import { runTests } from './bootstrap/jest-suites.mjs';
import { archiveKafkaClasses, fetchKafka, isKafkaThere } from './bootstrap/kafka.mjs';
import { checkNode, installPackages } from './bootstrap/npm-packages.mjs';
import { BootstrapError, step, stopRunning } from './bootstrap/step.mjs';
import { installSystemPackages } from './bootstrap/system-packages.mjs';

const clone = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const commandLine = join(clone, 'tools/cluster/dist/main.js');

/** npm's packages and the system's side by side: both mostly wait for a network. */
async function install(forTests) {
  await step('Node', async () => checkNode());
  await Promise.all([
    step('npm packages', () => installPackages(clone)),
    (async () => {
      const needsMaven = !isKafkaThere(clone);
      await step('system packages', () => installSystemPackages({ needsMaven, forTests }));
      await step('Kafka', () => fetchKafka(clone));
      await step('Kafka class archive', () => archiveKafkaClasses(clone));
    })(),
  ]);
  await step('build', () => build(clone));
}

/** In this very process: a signal has one place to go, and nobody is left waiting for a child. */
async function runCommandLine(args) {
  const { main } = await import(pathToFileURL(commandLine).href);
  return main(args);
}

/** Until the command line takes over, a signal ends what runs and then us. */
async function installOrStop({ forTests }) {
  const stop = (signal) => {
    stopRunning();
    console.error(`stopped by ${signal}`);
    process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  try {
    await install(forTests);
  } finally {
    stopRunning();
    for (const signal of signals) process.off(signal, stop);
  }
}

async function main([verb, ...args]) {
  if (verb === 'start') {
    await installOrStop({ forTests: false });
    return runCommandLine(['run', ...args]);
  }
  if (verb === 'test') {
    await installOrStop({ forTests: true });
    return runTests(clone, args);
  }
  if (verb === 'cluster') {
    if (existsSync(commandLine)) return runCommandLine(args);
    throw new BootstrapError('nothing is built yet, so nothing runs: npm start');
  }
  throw new BootstrapError(
    'usage: node tools/bootstrap.mjs start | test [jest …] | cluster <verb>',
  );
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof BootstrapError ? error.message : error);
  process.exitCode = 1;
}
