import type { Command } from 'commander';

// Of commands: whom they ask.

export function withHome(command: Command): Command {
  return command
    .option('--home <folder>', 'home of the cluster')
    .option('--json', 'print JSON: ids and offsets are strings');
}

export function withNode(command: Command): Command {
  return withHome(command).option('--node <name>', 'dc1 or 1; default all nodes');
}

/** Of what is asked of whichever datacenter answers. */
export function withNearest(command: Command): Command {
  return withHome(command).option('--node <name>', 'dc1 or 1, asked first; default the first');
}

export function withAfter(command: Command): Command {
  return withNearest(command).option(
    '--after <positions>',
    'once they have arrived there, or 2 seconds later, which is said',
  );
}
