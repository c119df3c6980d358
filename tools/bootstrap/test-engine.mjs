import { spawnSync } from 'node:child_process';
import { missingImages } from './docker-images.mjs';
import { BootstrapError } from './step.mjs';

const engines = ['native', 'docker'];
const answerLimitMs = 5_000;

/**
 * The one place that chooses what the tests' datacenters run in: TEST_ENGINE, else docker where a Docker
 * engine answers, else native. `npm test` asks it once; jest.config.mjs where nobody has.
 */
export function chooseTestEngine(env, { isDockerThere = isDockerAnswering } = {}) {
  const wanted = env.TEST_ENGINE || undefined;
  if (wanted !== undefined) {
    if (engines.includes(wanted)) return { name: wanted, why: 'TEST_ENGINE', isForced: true };
    throw new BootstrapError(`TEST_ENGINE is "${wanted}": say native or docker`);
  }
  if (!isLocal(env.DOCKER_HOST)) {
    return { name: 'native', why: 'the Docker engine is another machine’s', isForced: false };
  }
  if (isDockerThere()) return { name: 'docker', why: 'a Docker engine answers', isForced: false };
  return { name: 'native', why: 'no Docker engine answers', isForced: false };
}

/** For a run that prepares nothing: docker only where everything for it is there. */
export function chooseReadyEngine(env) {
  const choice = chooseTestEngine(env);
  if (choice.name === 'native' || choice.isForced) return choice.name;
  return missingImages(env).length === 0 ? 'docker' : 'native';
}

/** Members share this machine's network and see the clone: another machine's engine cannot give that. */
function isLocal(dockerHost) {
  return !dockerHost || dockerHost.startsWith('unix://');
}

function isDockerAnswering() {
  const asked = spawnSync('docker', ['version', '--format', '{{.Server.Os}}'], {
    encoding: 'utf8',
    timeout: answerLimitMs,
  });
  return asked.status === 0 && asked.stdout.trim() === 'linux';
}
