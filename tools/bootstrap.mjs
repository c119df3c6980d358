// The first command on a new machine: it needs Node and nothing else, so it has no dependencies.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import util from 'node:util';
import { build } from './bootstrap/build.mjs';
import { prepareImages } from './bootstrap/docker-images.mjs';
import { runTests } from './bootstrap/jest-suites.mjs';
import { archiveKafkaClasses, fetchKafka, isKafkaThere } from './bootstrap/kafka.mjs';
import { checkNode, installPackages } from './bootstrap/npm-packages.mjs';
import { BootstrapError, step, stopRunning } from './bootstrap/step.mjs';
import { installSystemPackages } from './bootstrap/system-packages.mjs';
import { chooseTestEngine } from './bootstrap/test-engine.mjs';

const clone = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const usage = `usage: node tools/bootstrap.mjs start | test | cluster
  npm start [-- --parts=postgres,kafka]  installs what is missing, builds, runs the cluster or these parts of it
  npm start -- --tls                     the same with HTTP, gRPC and PostgreSQL over TLS
  npm test [-- <what Jest knows>]        the same, or Docker images, then the tests
  npm run cluster -- <verb>              talks to the running cluster; --help lists the verbs`;
const commandLine = join(clone, 'tools/cluster/dist/command-line/main.js');

/** What members are made of when they are processes of this machine. */
async function installSoftware({ forTests }) {
  const needsMaven = !isKafkaThere(clone);
  await step('system packages', () => installSystemPackages({ needsMaven, forTests }));
  await step('Kafka', () => fetchKafka(clone));
  await step('Kafka class archive', () => archiveKafkaClasses(clone));
}

/** npm's packages and the engine's software side by side: both mostly wait for a network. */
async function install(installEngine) {
  await step('Node', async () => checkNode());
  await Promise.all([step('npm packages', () => installPackages(clone)), installEngine()]);
  await step('build', () => build(clone));
}

/** Installs what the tests' datacenters run in, and says which engine that is. */
async function installTestEngine() {
  const { name, why, isForced } = chooseTestEngine(process.env);
  if (name === 'docker') {
    try {
      await step('Docker images', () => prepareImages(process.env));
      return { name, why };
    } catch (error) {
      const instead = 'to run the tests without Docker: TEST_ENGINE=native npm test';
      if (isForced) throw new BootstrapError(`${error.message}\n${instead}`);
      await installSoftware({ forTests: true });
      return { name: 'native', why: `Docker answers, but ${error.message.split('\n').join(' ')}` };
    }
  }
  await installSoftware({ forTests: true });
  return { name, why };
}

async function test(args) {
  let engine;
  await installOrStop(async () => {
    engine = await installTestEngine();
  });
  console.log(`tests run on the engine ${engine.name}: ${engine.why}`);
  return runTests(clone, args, engine.name);
}

/** In this very process: a signal has one place to go, and nobody is left waiting for a child. */
async function runCommandLine(args) {
  const { main } = await import(pathToFileURL(commandLine).href);
  return main(args);
}

/** Until the command line takes over, a signal ends what runs and then us. */
async function installOrStop(installEngine) {
  const stop = (signal) => {
    stopRunning();
    console.error(`stopped by ${signal}`);
    process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  try {
    await install(installEngine);
  } finally {
    stopRunning();
    for (const signal of signals) process.off(signal, stop);
  }
}

/** What `npm start` does not know is refused at once, not after all is installed; the command line reads it. */
function checkStartWords(args) {
  try {
    util.parseArgs({ args, options: { parts: { type: 'string' }, tls: { type: 'boolean' } } });
  } catch (error) {
    throw new BootstrapError(`${error.message}\n${usage}`);
  }
}

async function main([verb, ...args]) {
  const isForHelp = [verb, ...args].some((word) => word === '--help' || word === '-h');
  if (isForHelp && verb !== 'cluster') {
    console.log(usage);
    return 0;
  }
  if (verb === 'start') {
    checkStartWords(args);
    await installOrStop(() => installSoftware({ forTests: false }));
    return runCommandLine(['run', ...args]);
  }
  if (verb === 'test') return test(args);
  if (verb === 'cluster') {
    if (existsSync(commandLine)) return runCommandLine(args);
    throw new BootstrapError('nothing is built yet, so nothing runs: npm start');
  }
  throw new BootstrapError(usage);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof BootstrapError ? error.message : error);
  process.exitCode = 1;
}
