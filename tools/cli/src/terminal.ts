import { createInterface } from 'node:readline/promises';

/** What a command sees of the world. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Somebody is there to answer. */
  readonly isInteractive: boolean;
  print(line: string): void;
  complain(line: string): void;
  ask(question: string): Promise<string>;
}

export function processTerminal(): Terminal {
  // `billing … | head`: whoever reads has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return {
    environment: process.env,
    isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    print: (line) => console.log(line),
    complain: (line) => console.error(line),
    ask: async (question) => {
      // On stderr, so that what is printed can go to a file.
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
}
