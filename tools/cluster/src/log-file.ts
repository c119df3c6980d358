import { copyFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';

export function lastLines(file: string, count: number): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * Members write to their log files themselves, in append mode, so a file can be copied away and
 * cut to nothing under them. What is written in between the two is lost; nothing else is.
 */
export function boundLogFile(file: string, sizeMaxBytes: number): void {
  try {
    if (statSync(file).size <= sizeMaxBytes) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
