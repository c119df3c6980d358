/** What kept the cluster from doing what it was asked, each with a line that says what to do. */
export type ClusterErrorCode =
  | 'PORT_IN_USE'
  | 'NO_PERMISSION'
  | 'DISK_FULL'
  | 'HOME_NOT_ENTERABLE'
  | 'ALREADY_RUNNING'
  | 'NOT_RUNNING'
  | 'MISSING_SOFTWARE'
  | 'NOT_BUILT'
  | 'MEMBER_FAILED'
  | 'PIPELINE_FAILED'
  | 'SELF_CHECK_FAILED'
  | 'STOPPED'
  | 'BAD_REQUEST';

export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  constructor(
    readonly code: ClusterErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Programs say a full disk in words of their own; the person needs one line. */
export function diskFull(output: string, who: string, cause?: unknown): ClusterError | undefined {
  if (!/No space left on device|Disk quota exceeded|ENOSPC/.test(output)) return undefined;
  const message = `no space left on the disk, says ${who}: free some, or set BILLING_HOME to a folder on another one`;
  return new ClusterError('DISK_FULL', message, { cause });
}

/** Turns what the file system says into a line that a person can act on; other errors pass. */
export function explainSystemError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ClusterError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const where = path ?? 'a file of the cluster';
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull('ENOSPC', where, error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    const message = `no permission for ${where}: give yourself access to it, or set BILLING_HOME to a folder of your own`;
    return new ClusterError('NO_PERMISSION', message, { cause: error });
  }
  return error;
}
