/** A program of PostgreSQL's or Kafka's own, run to its end where the engine has those. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** Beside PATH, which is the engine's. */
  readonly env: Readonly<Record<string, string>>;
  /** In the clone or in the cluster's home, as every path that the program is given. */
  readonly cwd: string;
  readonly input?: string;
  /** Then it is ended by a signal. */
  readonly timeoutMs: number;
  /** Ends it, with all that it started. */
  readonly signal?: AbortSignal;
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface ProgramRun {
  /** Not zero, and null on a native engine, when a signal ended it. */
  readonly code: number | null;
  /** What it said on both channels, in order. */
  readonly output: string;
}

/** Both channels in one, so that their order is kept. */
export function joinedChannels({ file, args }: Pick<Program, 'file' | 'args'>): string[] {
  return ['sh', '-c', 'exec "$0" "$@" 2>&1', file, ...args];
}
