import { copyFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';

const sizeMaxBytes = 16 * 1024 * 1024;
const checkEveryMs = 5_000;

export function lastLines(file: string, count: number): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * Members write to their log files themselves, in append mode, so a file can be copied away and
 * cut to nothing under them. What is written in between the two is lost; nothing else is.
 */
export function boundLogFile(file: string, atMostBytes: number): void {
  try {
    if (statSync(file).size <= atMostBytes) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** All of them, by and by, until the timer is cleared. */
export function boundLogFiles(files: readonly string[]): NodeJS.Timeout {
  const boundAll = (): void => files.forEach((file) => boundLogFile(file, sizeMaxBytes));
  return setInterval(boundAll, checkEveryMs).unref();
}
