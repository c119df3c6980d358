import { userInfo } from 'node:os';
import { formatTable, makePrintable, toTheRight } from '@billing/cluster';
import { PAY_IN_TOPIC } from '@billing/contracts';
import { acceptOffset, listConsumerOffsets, type ConsumerOffset } from '@billing/database';
import { CliError, exitCodes, usageError } from './cli.errors.js';
import { confirm } from './confirmation.js';
import { toJson } from './json.js';
import {
  askNode,
  askNodes,
  type ConnectionOptions,
  type NodeConnection,
} from './node-connection.js';
import type { Terminal } from './terminal.js';

export interface ListOffsetsOptions extends ConnectionOptions {
  readonly topic?: string;
  readonly json?: boolean;
}

export async function listOffsets(
  options: ListOffsetsOptions,
  terminal: Terminal,
): Promise<number> {
  const { answers, exitCode } = await askNodes(options, terminal, async ({ name, database }) => {
    const offsets = await listConsumerOffsets(database, options.topic);
    return offsets.map((offset) => ({ node: name, ...offset }));
  });
  const offsets = answers.flat();
  if (options.json) {
    terminal.print(toJson(offsets));
    return exitCode;
  }
  const numbers = ['partition', 'next offset'].map(toTheRight);
  const columns = ['node', 'topic', ...numbers, 'worker', 'halted'];
  const rows = offsets.map((offset) => [
    offset.node,
    offset.topic,
    String(offset.partition),
    String(offset.nextOffset),
    offset.workerId ?? '-',
    describeHalt(offset) ?? '-',
  ]);
  if (rows.length === 0 && exitCode === exitCodes.done) terminal.print('nothing was consumed yet');
  if (rows.length > 0) for (const line of formatTable(columns, rows)) terminal.print(line);
  const halted = offsets.filter(({ haltReason }) => haltReason !== undefined).length;
  if (halted > 0) {
    terminal.print(`${halted} halted: nothing is credited from there until billing offsets accept`);
  }
  return exitCode;
}

export interface AcceptOffsetOptions extends ConnectionOptions {
  readonly topic?: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly as?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function acceptOneOffset(options: AcceptOffsetOptions, terminal: Terminal): Promise<number> {
  return askNode(options, terminal, async (connection) => {
    const { partition, offset } = options;
    const topic = options.topic ?? PAY_IN_TOPIC;
    const acceptedBy = options.as ?? operatorName();
    const stored = await findStored(connection, topic, partition);
    for (const line of describeAcceptance(connection.name, stored, offset)) terminal.complain(line);
    await confirm(terminal, options.yes === true, `accept offset ${offset} as ${acceptedBy}?`);

    const now = await acceptOffset(connection.database, { topic, partition, offset, acceptedBy });
    if (options.json) {
      terminal.print(
        toJson({ node: connection.name, ...now, previousOffset: stored.nextOffset, acceptedBy }),
      );
    } else {
      terminal.print(
        `${connection.name}: partition ${partition} of ${topic} goes on at offset ${now.nextOffset}`,
      );
    }
    return exitCodes.done;
  });
}

async function findStored(
  { name, database }: NodeConnection,
  topic: string,
  partition: number,
): Promise<ConsumerOffset> {
  const known = await listConsumerOffsets(database, topic);
  const stored = known.find((offset) => offset.partition === partition);
  if (stored !== undefined) return stored;
  const partitions = known.map((offset) => offset.partition).join(', ') || 'none';
  throw new CliError(
    exitCodes.refused,
    `${name} has no offset of partition ${partition} of ${topic}; it has ${partitions}`,
  );
}

/** What accepting means, before it is done. */
export function describeAcceptance(
  node: string,
  stored: ConsumerOffset,
  accepted: bigint,
): string[] {
  const { topic, partition, nextOffset } = stored;
  const halt = describeHalt(stored);
  const lines = [
    `${node}, partition ${partition} of ${topic}: next offset ${nextOffset}, ${halt === undefined ? 'not halted' : `halted: ${makePrintable(halt)}`}`,
  ];
  if (halt === undefined) {
    lines.push('a worker consumes it now: it is stopped for a moment and goes on where you say');
  }
  if (accepted > nextOffset) {
    lines.push(
      `SKIPS offsets ${nextOffset} to ${accepted - 1n}, ${accepted - nextOffset} at most: what they hold is never credited here`,
    );
  } else if (accepted < nextOffset) {
    lines.push(
      `reads offsets ${accepted} to ${nextOffset - 1n} again, ${nextOffset - accepted} at most: what was credited is not credited twice`,
    );
  } else {
    lines.push('goes on where it stopped: nothing is skipped or read again');
  }
  return lines;
}

function describeHalt({ haltReason, haltDetail }: ConsumerOffset): string | undefined {
  return haltReason === undefined ? undefined : `${haltReason}: ${haltDetail ?? ''}`;
}

function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    throw usageError('who accepts it? This system does not know your name: add --as <name>');
  }
}
