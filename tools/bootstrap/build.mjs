import { join } from 'node:path';
import { run } from './step.mjs';

/** Builds what has changed; Nx remembers the rest. No daemon, no cloud, no questions. */
export async function build(clone) {
  const nx = join(clone, 'node_modules/.bin/nx');
  const args = ['run-many', '-t', 'build', '--outputStyle=static'];
  await run(process.execPath, [nx, ...args], {
    cwd: clone,
    env: { NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false', CI: 'true' },
  });
}
