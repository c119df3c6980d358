#!/usr/bin/env node
// Writes libs/contracts/src/generated from the protos; --help says how.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import protobuf from 'protobufjs';

const usage = `usage: npm run generate [-- --check] [folder]
  --check  writes nothing, and fails where what is there differs
  folder   a copy of libs/contracts to do it in`;
const clone = fileURLToPath(new URL('..', import.meta.url));
const generator = join(
  dirname(createRequire(import.meta.url).resolve('@grpc/proto-loader/package.json')),
  'build/bin/proto-loader-gen-types.js',
);
const header =
  '// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.\n';

const services = ['billing/v1/billing.proto', 'billing/v1/operations.proto'];
/** What billing-error.ts encodes with, at hand without reading a file. */
const errorModel = ['google/rpc/status.proto', 'google/rpc/error_details.proto'];

/** As BILLING_PROTO_OPTIONS: a spec compares. A message that was read bears the proto's name. */
export const loaderArguments = ['--longs=String', '--enums=String', '--defaults', '--oneofs'];
const generatorArguments = [
  ...loaderArguments,
  '--grpcLib=@grpc/grpc-js',
  '--inputTemplate=%sInput',
  '--outputTemplate=%s',
  '--importFileExtension=.js',
  '--includeDirs=proto',
];

/** @returns text by name of file */
async function generate(contracts) {
  const folder = mkdtempSync(join(tmpdir(), 'billing-contract-'));
  try {
    const told = [...generatorArguments, `--outDir=${folder}`, ...services];
    // There, because comments name each proto relative to where it was found.
    execFileSync(process.execPath, [generator, ...told], { cwd: contracts, stdio: 'inherit' });
    const texts = new Map(
      listFiles(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
    texts.set('error-model.ts', describeErrorModel(contracts));
    return await format(texts);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function describeErrorModel(contracts) {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(contracts, 'proto', target);
  const json = JSON.stringify(root.loadSync(errorModel).toJSON());
  return `/** google.rpc and google.protobuf.Any, as protobufjs describes them. */\nexport const errorModel = ${json};`;
}

async function format(texts) {
  const options = await prettier.resolveConfig(join(clone, 'libs/contracts/src/index.ts'));
  const formatted = [...texts].map(async ([name, text]) => [
    name,
    await prettier.format(header + text, { ...options, parser: 'typescript' }),
  ]);
  return new Map(await Promise.all(formatted));
}

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}

/** @returns what has to be said of each file that is missing, left over or different */
function compare(texts, generated) {
  const present = listFiles(generated);
  const leftOver = present.filter((name) => !texts.has(name)).map((name) => `left over: ${name}`);
  const other = [...texts].flatMap(([name, text]) => {
    if (!present.includes(name)) return [`missing: ${name}`];
    return readFileSync(join(generated, name), 'utf8') === text ? [] : [`differs: ${name}`];
  });
  return [...leftOver, ...other];
}

async function run(isCheck, contracts = join(clone, 'libs/contracts')) {
  const generated = join(resolve(contracts), 'src/generated');
  const texts = await generate(resolve(contracts));
  if (isCheck) {
    const differences = compare(texts, generated);
    if (differences.length === 0) return;
    console.error(`npm run generate was forgotten:\n${differences.join('\n')}`);
    process.exitCode = 1;
    return;
  }
  rmSync(generated, { recursive: true, force: true });
  for (const [name, text] of texts) {
    mkdirSync(dirname(join(generated, name)), { recursive: true });
    writeFileSync(join(generated, name), text);
  }
}

function readWords() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (positionals.length > 1) throw new Error('one folder at a time');
  return { ...values, folder: positionals[0] };
}

async function main() {
  let words;
  try {
    words = readWords();
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (words.help) console.log(usage);
  else await run(words.check === true, words.folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
