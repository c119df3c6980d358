import { Command, InvalidArgumentError } from 'commander';

/** Where a program says what was asked for, and what was wrong. */
export interface Speech {
  print(line: string): void;
  complain(line: string): void;
}

const standardSpeech: Speech = {
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
};

/**
 * A program's command, to be given its options and commands. Where Commander would end the process it
 * throws a CommanderError instead, with everything said already; its exit code is 0 for help alone.
 */
export function createRootCommand(name: string, speech = standardSpeech): Command {
  return new Command(name)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => speech.print(text.trimEnd()),
      writeErr: (text) => speech.complain(text.trimEnd()),
    })
    .showHelpAfterError('(--help tells more)');
}

/** For options: of rows, of things a second, of seconds. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number above 0');
}
