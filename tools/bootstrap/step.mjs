import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** A line for a person: what is wrong and what to do. No stack trace is printed for it. */
export class BootstrapError extends Error {}

/** Runs one step and prints its line with the time it took. */
export async function step(name, work) {
  const startedMs = performance.now();
  const remark = await work();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${name}${remark ? ` (${remark})` : ''}: ${seconds} s`);
}

/** npm says the cause first, compilers last. */
function bothEnds(output, linesMax = 30) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= 2 * linesMax) return lines.join('\n');
  return [...lines.slice(0, linesMax), '…', ...lines.slice(-linesMax)].join('\n');
}

const running = new Set();

/**
 * Runs a command to its end. Its output is kept and shown only when it fails, unless `show`.
 * Resolves with what it printed.
 */
export function run(file, args, { env = {}, show = false, cwd, timeoutMs = 15 * 60_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      timeout: timeoutMs,
    });
    running.add(child);
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => {
      running.delete(child);
      reject(new BootstrapError(`cannot run ${file}: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      running.delete(child);
      if (code === 0) return resolve(output);
      const how = signal ?? `code ${code}`;
      reject(new BootstrapError(`${file} ${args.join(' ')} failed (${how})\n${bothEnds(output)}`));
    });
  });
}

/** Ends what is under way, by process id: for a signal, or when another step has failed. */
export function stopRunning(signal = 'SIGTERM') {
  for (const child of running) child.kill(signal);
}
