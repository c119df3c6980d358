/** Numbers of pino, as all other lines of the log have them. */
const levels = { info: 30, warn: 40 } as const;

export interface StartProgressOptions {
  readonly app: string;
  /** One line of the log, without its end. */
  readonly write?: (line: string) => void;
  /** How long a start is silent before it says what it is doing. */
  readonly everyMs?: number;
}

/**
 * What a process says of its own start: a line before anything is loaded, so that an empty log means "not run
 * yet"; then, as long as it is not done, what it is doing and how much processor time it has had.
 * It writes by itself, since the log is among the things that are yet to be loaded.
 */
export class StartProgress {
  private doing = 'loading modules';
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly app: string,
    private readonly write: (line: string) => void,
    everyMs: number,
  ) {
    this.timer = setInterval(() => this.say('warn', 'still starting'), everyMs);
    this.timer.unref();
  }

  static begin(options: StartProgressOptions): StartProgress {
    const write = options.write ?? ((line) => process.stdout.write(`${line}\n`));
    const progress = new StartProgress(options.app, write, options.everyMs ?? 2_000);
    progress.say('info', 'starting');
    return progress;
  }

  /** Runs a step of the start under its name, such as "asking PostgreSQL which node it is". */
  async step<T>(doing: string, work: () => Promise<T>): Promise<T> {
    this.doing = doing;
    return work();
  }

  /** The start is over. @returns what it took, for the line that says so */
  end(): { readonly startMs: number; readonly startCpuMs: number } {
    clearInterval(this.timer);
    return taken();
  }

  private say(level: keyof typeof levels, msg: string): void {
    const fixed = { level: levels[level], time: new Date().toISOString(), app: this.app };
    const runtime = `node ${process.version}`;
    this.write(
      JSON.stringify({ ...fixed, pid: process.pid, runtime, doing: this.doing, ...taken(), msg }),
    );
  }
}

/** Milliseconds since the process began, and of processor time since then. */
function taken(): { readonly startMs: number; readonly startCpuMs: number } {
  const { user, system } = process.cpuUsage();
  return {
    startMs: Math.round(performance.now()),
    startCpuMs: Math.round((user + system) / 1_000),
  };
}
