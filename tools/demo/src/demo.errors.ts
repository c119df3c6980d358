/** The exit code says what kind of end it was; README.md lists them. */
export const exitCodes = { equal: 0, mismatch: 1, usage: 2, notRunning: 3, gaveUp: 4 } as const;

export type DemoErrorCode = 'USAGE' | 'REFUSED' | 'GAVE_UP';

/** The demo cannot go on; the message is for the person who ran it. */
export class DemoError extends Error {
  override readonly name = 'DemoError';

  constructor(
    readonly code: DemoErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get exitCode(): number {
    return this.code === 'USAGE' ? exitCodes.usage : exitCodes.gaveUp;
  }
}
