#!/usr/bin/env node
// Whether docs/openapi.json takes something from clients that was promised to them; --help says how.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = `usage: npm run check:api [-- [--promise] [file]]
  --promise  writes docs/openapi.promised.json anew: what is there now is what the next release promises
  file       instead of docs/openapi.json
Wants Go, and its module proxy the first time; without it nothing is compared, and that is said.`;
const clone = fileURLToPath(new URL('..', import.meta.url));
const document = join(clone, 'docs/openapi.json');
const promised = join(clone, 'docs/openapi.promised.json');
/** What is broken on purpose, a line each as it is reported. */
const wanted = join(clone, 'docs/openapi-breaks.txt');
const version = 'v1.38.0';
const folder = join(clone, 'node_modules/.cache', `oasdiff-${version}`);
const program = join(folder, 'oasdiff');

const SHOWN_MAX = 20;

/** @returns why it cannot be had, or undefined */
function installOasdiff() {
  if (existsSync(program)) return undefined;
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' };
  const args = ['install', `github.com/oasdiff/oasdiff@${version}`];
  const { error, status, stderr } = spawnSync('go', args, { env, encoding: 'utf8' });
  if (error !== undefined) return `there is no Go here (${error.code})`;
  return status === 0 ? undefined : `go install failed: ${stderr.trim().split('\n').at(-1)}`;
}

function compare(revision) {
  const args = ['breaking', promised, revision, '--fail-on', 'ERR', '--format', 'singleline'];
  if (existsSync(wanted)) args.push('--err-ignore', wanted);
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return;
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  console.error(`clients would break:\n${lines.slice(0, SHOWN_MAX).join('\n')}`);
  console.error('add beside, deprecate, or put the line into docs/openapi-breaks.txt');
  process.exitCode = 1;
}

function run(revision) {
  const why = installOasdiff();
  if (why === undefined) compare(revision);
  else console.log(`not compared: ${why}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { promise: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) console.log(usage);
else if (values.promise) copyFileSync(document, promised);
else run(positionals[0] ?? document);
