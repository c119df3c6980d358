import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BootstrapError, run } from './step.mjs';

const imagesFile = new URL('../cluster/images.json', import.meta.url);
const postgresFolder = fileURLToPath(new URL('../../deploy/images/postgres', import.meta.url));
/** On our PostgreSQL's image: what it was built from. */
const sourceLabel = 'geo-billing.dockerfile';
const buildLimitMs = 15 * 60_000;
const probeLimitMs = 60_000;

function loadImages(env) {
  const images = JSON.parse(readFileSync(imagesFile, 'utf8'));
  const reaper = env.RYUK_CONTAINER_IMAGE || images.reaper;
  // Testcontainers' own word for a machine that cannot have its reaper.
  const isReaperOff = env.TESTCONTAINERS_RYUK_DISABLED === 'true';
  return { ...images, reaper: isReaperOff ? undefined : reaper };
}

function inspect(image, format) {
  const asked = spawnSync('docker', ['image', 'inspect', '--format', format, image], {
    encoding: 'utf8',
  });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

function isThere(image) {
  return inspect(image, '{{.Id}}') !== undefined;
}

function sourceHash() {
  return createHash('sha256')
    .update(readFileSync(join(postgresFolder, 'Dockerfile')))
    .digest('hex');
}

export function missingImages(env) {
  const { postgres, kafka, node, reaper } = loadImages(env);
  return [postgres, kafka, node, reaper].filter((image) => image !== undefined && !isThere(image));
}

/** Images for TEST_ENGINE=docker: pulled when missing, our own built when its Dockerfile is another. */
export async function prepareImages(env) {
  const { postgres, kafka, node, reaper } = loadImages(env);
  const pulled = [kafka, node, reaper].filter((image) => image !== undefined && !isThere(image));
  for (const image of pulled) {
    console.log(`pulling ${image} …`);
    await pull(image, image === reaper);
  }
  const hash = sourceHash();
  const isCurrent = inspect(postgres, `{{index .Config.Labels "${sourceLabel}"}}`) === hash;
  if (!isCurrent) {
    console.log(`building ${postgres} …`);
    const args = ['build', '--tag', postgres, '--label', `${sourceLabel}=${hash}`, postgresFolder];
    await run('docker', args, { timeoutMs: buildLimitMs });
  }
  await proveHostNetwork(node);
  const done = [...pulled, ...(isCurrent ? [] : [postgres])];
  return done.length === 0 ? 'there' : done.join(', ');
}

async function pull(image, isReaper) {
  try {
    await run('docker', ['pull', '--quiet', image], { timeoutMs: buildLimitMs });
  } catch (error) {
    if (!isReaper) throw error;
    const without =
      'to do without what cleans up after a killed run: TESTCONTAINERS_RYUK_DISABLED=true';
    throw new BootstrapError(`${error.message}\n${without}`);
  }
}

/**
 * Specs reach containers on 127.0.0.1, and containers the proxies that specs put between them. Docker
 * Desktop shares this machine's network only when it is told to, a rootless engine never.
 */
async function proveHostNetwork(image) {
  const here = await listen();
  const there = await listen();
  const port = there.address().port;
  await new Promise((resolve) => there.close(resolve));
  const script = `const net = require('node:net');
    const server = net.createServer((socket) => { socket.end(); server.close(); });
    setTimeout(() => process.exit(1), ${probeLimitMs / 2}).unref();
    net.connect(${here.address().port}, '127.0.0.1', function () {
      this.destroy();
      server.listen(${port}, '127.0.0.1');
    });`;
  const args = ['run', '--rm', '--network', 'host', '--entrypoint', 'node', image, '-e', script];
  let isOver = false;
  const ended = run('docker', args, { timeoutMs: probeLimitMs }).finally(() => (isOver = true));
  try {
    await Promise.all([ended, knock(port, () => isOver)]);
  } catch (error) {
    throw new BootstrapError(
      `containers in the host's network and this machine do not reach each other on 127.0.0.1: in Docker Desktop (4.34 or newer) enable host networking under Settings, Resources, Network\n${error.message}`,
    );
  } finally {
    here.close();
  }
}

function listen() {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Until somebody answers at the port, or nobody will any more. */
async function knock(port, isOver) {
  const answers = () =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  while (!isOver() && !(await answers())) await sleep(50);
}
