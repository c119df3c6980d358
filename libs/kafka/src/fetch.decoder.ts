import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeRecordBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
import decodeMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import type { KafkaMessage } from 'kafkajs';
import { hideAborted, type TransactionalMessage } from './aborted-transactions.js';
import { codecNames, registerCodecs } from './codecs.js';
import { crc32c } from './crc32c.js';

/** A stretch of a partition that nobody can read: [firstOffset, nextOffset). */
export interface UnreadableStretch {
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
  /** For people. */
  readonly fault: string;
}

/** A message as this decoder gives it: one that stands for a stretch bears it, and nothing else. */
export type DecodedMessage = TransactionalMessage & {
  /** Without offsets where the broker itself cannot read on: it begins where the broker was asked for. */
  readonly unreadable?: Pick<UnreadableStretch, 'fault'> & Partial<UnreadableStretch>;
};

/**
 * In one response, decoded: what is beyond is asked for again. Each message counts with what its object
 * takes, as there may be a hundred thousand empty ones in a megabyte.
 */
const RESPONSE_BYTES_MAX = 32 * 1024 * 1024;
const MESSAGE_OBJECT_BYTES = 400;
/** In one record batch: a pay-in has 100 bytes at least, so that no 16 MiB hold more of them. */
const BATCH_MESSAGES_MAX = 200_000;

let isInstalled = false;

/**
 * Makes kafkajs decode what it fetches partition by partition (Fetch version 11, which every broker since
 * Kafka 2.3 speaks and kafkajs prefers). By itself one batch that it cannot decode fails the whole response:
 * the member ends, and with it all its partitions, for ever, as it reads the same bytes again. It looks at
 * no checksum, decompresses without a bound, has gzip alone, and gives messages of aborted transactions.
 *
 * There is no door for that in kafkajs, so its one function is replaced; its version is pinned, and the
 * specs read compressed and broken batches of a real broker.
 */
export function installFetchDecoder(): void {
  if (isInstalled) return;
  isInstalled = true;
  registerCodecs();
  fetchResponse.decode = decodeFetchResponse;
}

interface Budget {
  bytesLeft: number;
}

async function decodeFetchResponse(rawData: Buffer): ReturnType<typeof fetchResponse.decode> {
  const decoder = new Decoder(rawData);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const sessionId = decoder.readInt32();
  const budget = { bytesLeft: RESPONSE_BYTES_MAX };
  const responses = await decoder.readArrayAsync(async (topic) => ({
    topicName: topic.readString(),
    partitions: await topic.readArrayAsync((partition) => decodePartition(partition, budget)),
  }));
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

/** A partition's error that is about its log. By itself it fails all that was asked for with it. */
const CORRUPT_MESSAGE = 2;

async function decodePartition(decoder: Decoder, budget: Budget): Promise<object> {
  const decoded = {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    // kafkajs's own name.
    lastStartOffset: decoder.readInt64().toString(),
    abortedTransactions: decoder.readArray((transaction) => ({
      producerId: transaction.readInt64().toString(),
      firstOffset: transaction.readInt64().toString(),
    })),
    preferredReadReplica: decoder.readInt32(),
    messages: await decodeRecordSet(decoder, budget),
  };
  hideAborted(decoded.messages, decoded.abortedTransactions);
  decoded.abortedTransactions = [];
  if (decoded.errorCode !== CORRUPT_MESSAGE) return decoded;
  const fault = 'the broker finds its own log corrupt there, and says no more';
  return { ...decoded, errorCode: 0, messages: [markOf(OFFSET_MAX, { fault })] };
}

const OFFSET_MAX = 2n ** 63n - 1n;
const MAGIC_OFFSET = 16;
const MAGIC = 2;

async function decodeRecordSet(decoder: Decoder, budget: Budget): Promise<DecodedMessage[]> {
  const bytes = decoder.readInt32();
  if (bytes <= 0 || !decoder.canReadBytes(bytes)) return [];
  const records = decoder.readBytes(bytes);
  // Messages of before Kafka 0.11 are left to kafkajs.
  if (records.length > MAGIC_OFFSET && records[MAGIC_OFFSET] !== MAGIC) {
    const size = Buffer.alloc(4);
    size.writeInt32BE(bytes);
    return decodeMessages(new Decoder(Buffer.concat([size, records])));
  }
  return decodeRecordBatches(records, budget);
}

/**
 * The messages of whole batches, up to what the budget has; the first that cannot be read is the last
 * message given, as a stretch. Exported for its spec.
 */
export async function decodeRecordBatches(
  records: Buffer,
  budget: Budget,
): Promise<DecodedMessage[]> {
  let messages: DecodedMessage[] = [];
  for (let at = 0; budget.bytesLeft > 0 && at + HEADER_BYTES <= records.length;) {
    const end = at + LENGTH_END + records.readInt32BE(at + LENGTH_AT);
    // Brokers cut the last one off where the response is full.
    if (end > records.length || end < at + HEADER_BYTES) break;
    const batch = records.subarray(at, end);
    try {
      checkBatch(batch);
      const { records: found } = await decodeRecordBatch(new Decoder(batch));
      budget.bytesLeft -= sizeOf(found);
      if (messages.length === 0) messages = found;
      else for (const message of found) messages.push(message);
    } catch (error) {
      messages.push(unreadable(batch, error));
      break;
    }
    at = end;
  }
  return messages;
}

// baseOffset, length, leader epoch, magic, crc, attributes, last offset delta, …, count of records.
const LENGTH_AT = 8;
const LENGTH_END = 12;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const COUNT_AT = 57;
const HEADER_BYTES = 61;
const CODEC_MASK = 0x07;

class BrokenBatchError extends Error {}

function checkBatch(batch: Buffer): void {
  if (crc32c(batch.subarray(ATTRIBUTES_AT)) !== batch.readUInt32BE(CRC_AT)) {
    throw new BrokenBatchError('its checksum does not agree with its bytes');
  }
  const codec = batch.readInt16BE(ATTRIBUTES_AT) & CODEC_MASK;
  if (codecNames[codec] === undefined) throw new RangeError(`codec ${codec} is not known`);
  const count = batch.readInt32BE(COUNT_AT);
  if (count > BATCH_MESSAGES_MAX) {
    throw new RangeError(`${count} messages in one batch, at most ${BATCH_MESSAGES_MAX} are read`);
  }
}

function unreadable(batch: Buffer, error: unknown): DecodedMessage {
  const isBroken = error instanceof BrokenBatchError;
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  const firstOffset = batch.readBigInt64BE(0);
  const lastOffset = firstOffset + BigInt(Math.max(0, batch.readInt32BE(LAST_OFFSET_DELTA_AT)));
  const codec = codecNames[attributes & CODEC_MASK];
  const what = isBroken || codec === undefined ? '' : `${codec}: `;
  const fault = what + (error instanceof Error ? error.message : String(error));
  return markOf(lastOffset, { firstOffset, nextOffset: lastOffset + 1n, fault });
}

/**
 * Has the stretch's last offset: kafkajs drops messages before the offset that it asked for. Of no
 * transaction, or kafkajs would pass over it where that was aborted, from the last offset on: to the stored
 * offset that is a gap.
 */
function markOf(
  offset: bigint,
  unreadable: NonNullable<DecodedMessage['unreadable']>,
): DecodedMessage {
  return {
    key: null,
    value: null,
    timestamp: '0',
    attributes: 0,
    headers: {},
    offset: offset.toString(),
    isControlRecord: false,
    batchContext: { producerId: '-1', inTransaction: false },
    unreadable,
  };
}

function sizeOf(messages: readonly KafkaMessage[]): number {
  let bytes = MESSAGE_OBJECT_BYTES * messages.length;
  for (const { key, value } of messages) bytes += (key?.length ?? 0) + (value?.length ?? 0);
  return bytes;
}
