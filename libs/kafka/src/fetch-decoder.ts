import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeRecordBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
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
  readonly failure: string;
}

/** A message as this decoder gives it: one that stands for a stretch bears it, and nothing else. */
export type DecodedMessage = TransactionalMessage & {
  /**
   * Without the offset where nothing before it was read: it begins where the broker was asked for. Without
   * the next one where nothing but broken bytes says how far it goes.
   */
  readonly unreadable?: Pick<UnreadableStretch, 'failure'> & Partial<UnreadableStretch>;
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
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const highWatermark = decoder.readInt64().toString();
  const decoded = {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset: decoder.readInt64().toString(),
    // kafkajs's own name.
    lastStartOffset: decoder.readInt64().toString(),
    abortedTransactions: decoder.readArray((transaction) => ({
      producerId: transaction.readInt64().toString(),
      firstOffset: transaction.readInt64().toString(),
    })),
    preferredReadReplica: decoder.readInt32(),
    messages: await decodeRecordSet(decoder, budget, BigInt(highWatermark)),
  };
  hideAborted(decoded.messages, decoded.abortedTransactions);
  decoded.abortedTransactions = [];
  if (decoded.errorCode !== CORRUPT_MESSAGE) return decoded;
  const failure = 'the broker finds its own log corrupt there, and says no more';
  return { ...decoded, errorCode: 0, messages: [markOf({ failure })] };
}

const OFFSET_MAX = 2n ** 63n - 1n;

async function decodeRecordSet(
  decoder: Decoder,
  budget: Budget,
  highWatermark: bigint,
): Promise<DecodedMessage[]> {
  const bytes = decoder.readInt32();
  if (bytes <= 0 || !decoder.canReadBytes(bytes)) return [];
  return decodeRecordBatches(decoder.readBytes(bytes), budget, highWatermark);
}

/**
 * The messages of whole batches, up to what the budget has; the first that cannot be read is the last
 * message given, as a stretch. Exported for its spec.
 */
export async function decodeRecordBatches(
  records: Buffer,
  budget: Budget,
  highWatermark: bigint,
): Promise<DecodedMessage[]> {
  let messages: DecodedMessage[] = [];
  /** Where what was read ends. */
  let readTo: bigint | undefined;
  for (let at = 0; budget.bytesLeft > 0 && at + HEADER_BYTES <= records.length;) {
    const end = at + LENGTH_END + records.readInt32BE(at + LENGTH_AT);
    try {
      checkFormat(records, at);
      // Behind others it is left for the next fetch: the broker may say more of it.
      if (readTo === undefined) checkLength(end - at);
      else if (end < at + HEADER_BYTES) break;
      // Brokers cut the last one off where the response is full.
      if (end > records.length) break;
      const batch = records.subarray(at, end);
      checkBatch(batch, readTo);
      const { records: found } = await decodeRecordBatch(new Decoder(batch));
      budget.bytesLeft -= sizeOf(found);
      if (messages.length === 0) messages = found;
      else for (const message of found) messages.push(message);
      readTo = endOf(batch);
    } catch (error) {
      const told = { firstOffset: readTo, highWatermark };
      messages.push(unreadable(records.subarray(at), end - at, error, told));
      break;
    }
    at = end;
  }
  return messages;
}

// baseOffset, length, leader epoch, magic, crc, attributes, last offset delta, …, count of records. The
// checksum is of the bytes from the attributes on.
const LENGTH_AT = 8;
const LENGTH_END = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const COUNT_AT = 57;
const HEADER_BYTES = 61;
const CODEC_MASK = 0x07;
/** The format of Kafka 0.11 and later. */
const MAGIC = 2;
/** What brokers take in one request (socket.request.max.bytes): no batch is longer. */
const BATCH_BYTES_MAX = 100 * 1024 * 1024;

class BrokenBatchError extends Error {}

function checkFormat(records: Buffer, at: number): void {
  const magic = records[at + MAGIC_AT];
  if (magic !== MAGIC) throw new BrokenBatchError(`its format is ${magic}, and ${MAGIC} is read`);
}

function checkLength(bytes: number): void {
  if (bytes < HEADER_BYTES || bytes > BATCH_BYTES_MAX) {
    throw new BrokenBatchError(`it cannot have ${bytes} bytes, as it says`);
  }
}

function checkBatch(batch: Buffer, readTo: bigint | undefined): void {
  if (crc32c(batch.subarray(ATTRIBUTES_AT)) !== batch.readUInt32BE(CRC_AT)) {
    throw new BrokenBatchError('its checksum does not agree with its bytes');
  }
  const firstOffset = batch.readBigInt64BE(0);
  if (readTo !== undefined && firstOffset < readTo) {
    throw new BrokenBatchError(`it says that it begins at ${firstOffset}, where others are`);
  }
  const codec = batch.readInt16BE(ATTRIBUTES_AT) & CODEC_MASK;
  if (codecNames[codec] === undefined) throw new RangeError(`codec ${codec} is not known`);
  const count = batch.readInt32BE(COUNT_AT);
  if (count > BATCH_MESSAGES_MAX) {
    throw new RangeError(`${count} messages in one batch, at most ${BATCH_MESSAGES_MAX} are read`);
  }
}

function endOf(batch: Buffer): bigint {
  return batch.readBigInt64BE(0) + BigInt(batch.readInt32BE(LAST_OFFSET_DELTA_AT)) + 1n;
}

/**
 * It begins where what was read ends, whatever it says: what is before it is stored. Its end is believed
 * where what follows it begins there, or nothing follows and the log ends there or its checksum is right.
 * One that is believed and wrong has an operator give up pay-ins that can be read.
 */
function unreadable(
  records: Buffer,
  length: number,
  error: unknown,
  told: { readonly firstOffset: bigint | undefined; readonly highWatermark: bigint },
): DecodedMessage {
  const isBroken = error instanceof BrokenBatchError;
  const codec = codecNames[records.readInt16BE(ATTRIBUTES_AT) & CODEC_MASK];
  const what = isBroken || codec === undefined ? '' : `${codec}: `;
  const failure = what + (error instanceof Error ? error.message : String(error));
  const { firstOffset, highWatermark } = told;
  const end = endOf(records);
  const hasNext = length >= HEADER_BYTES && length + LENGTH_AT <= records.length;
  const endsThere = hasNext
    ? records.readBigInt64BE(length) === end
    : !isBroken || end === highWatermark;
  const isBelieved = endsThere && end > (firstOffset ?? 0n);
  return markOf({
    failure: isBelieved ? failure : `${failure}; nothing tells where it ends`,
    ...(firstOffset === undefined ? {} : { firstOffset }),
    ...(isBelieved ? { nextOffset: end } : {}),
  });
}

/**
 * Has the last offset there is: kafkajs drops messages before the offset that it asked for. Of no
 * transaction, or it would be hidden where that was aborted: to the stored offset that is a gap.
 */
function markOf(unreadable: NonNullable<DecodedMessage['unreadable']>): DecodedMessage {
  return {
    key: null,
    value: null,
    timestamp: '0',
    attributes: 0,
    headers: {},
    offset: OFFSET_MAX.toString(),
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
