export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StopSignal {
  readonly signal: NodeJS.Signals;
  readonly timeoutMs: number;
}

/** One run of a member, from its start to its end: a process with its children, or a container. */
export interface MemberProcess {
  /** As this machine counts processes, on both engines. */
  readonly pid: number;
  readonly startedAt: Date;
  readonly hasExited: boolean;
  readonly exited: Promise<ProcessExit>;
  /** SIGKILL to all of it, paused or not; resolves when all of it is gone. */
  kill(): Promise<void>;
  /** Connections stay open and nobody answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Each signal in turn, with the time it is given; SIGKILL ends the list. Wakes what is paused. */
  stop(
    signals: readonly StopSignal[],
    onIgnored: (signal: NodeJS.Signals, timeoutMs: number) => void,
  ): Promise<void>;
}

/** What an engine does for one member; when, is `Member`'s to say. */
export interface MemberLauncher {
  launch(): Promise<MemberProcess>;
  /** Ends what a supervisor that was killed left of this member. */
  clearLeftovers(signals: readonly StopSignal[], log: (line: string) => void): Promise<void>;
}

/** True when the run has ended within the limit. */
export async function exitsWithin(
  exited: Promise<ProcessExit>,
  timeoutMs: number,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const result = await Promise.race([exited.then(() => true), timedOut]);
  clearTimeout(timer);
  return result;
}
