import { CliError, exitCodes, usageError } from './cli.errors.js';
import type { Terminal } from './terminal.js';

/** @throws CliError unless somebody agrees, or has by --yes */
export async function confirm(
  terminal: Terminal,
  isAgreed: boolean,
  question: string,
): Promise<void> {
  if (isAgreed) return;
  if (!terminal.isInteractive) {
    throw usageError('nobody is here to be asked: add --yes when the above is what you want');
  }
  const answer = await terminal.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new CliError(exitCodes.refused, 'not accepted: nothing was changed');
  }
}
