import { parseCount } from '@billing/cluster';
import { Command, InvalidArgumentError } from 'commander';

/** The command line of a bench. What it does not know ends the process, with a word on it. */
export function createBenchCommand(name: string): Command {
  return new Command(`npm run ${name} --`).showHelpAfterError('(--help tells more)');
}

/** Of these, none is some too. */
export function parseMs(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number of milliseconds');
}

/** Counts with commas between them, from the smallest. */
export function parseCounts(text: string): number[] {
  return text
    .split(',')
    .map(parseCount)
    .sort((a, b) => a - b);
}

/** Some of the names, with commas between them, in the order in which they are known. */
export function parseNames<Name extends string>(text: string, names: readonly Name[]): Name[] {
  const wanted = text.split(',');
  const stray = wanted.find((name) => !names.some((known) => known === name));
  if (stray === undefined) return names.filter((name) => wanted.includes(name));
  throw new InvalidArgumentError(`there is no bench ${stray}, but ${names.join(', ')}`);
}
