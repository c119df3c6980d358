import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
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
  await proveHostNetwork(postgres);
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

/** Docker Desktop shares this machine's network with containers only when it is told to. */
async function proveHostNetwork(image) {
  const server = createServer((socket) => socket.destroy());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connect = `</dev/tcp/127.0.0.1/${server.address().port}`;
  const args = ['run', '--rm', '--network', 'host', '--entrypoint', 'bash', image, '-c', connect];
  try {
    await run('docker', args, { timeoutMs: probeLimitMs });
  } catch (error) {
    throw new BootstrapError(
      `a container in the host's network does not reach 127.0.0.1 of this machine: in Docker Desktop (4.34 or newer) enable host networking under Settings, Resources, Network\n${error.message}`,
    );
  } finally {
    server.close();
  }
}
