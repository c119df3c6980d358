import { connect } from 'node:net';
import { pollingAddress } from './ports.js';
import type { Topic } from './topology.js';

// The two requests that bringing a broker up needs, by hand: asking it whether it answers, and
// making its topics. Kafka's own command for the second starts a JVM, 1.5 s of processor time,
// and the application's client belongs to @billing/kafka. Both versions are the oldest that
// Kafka 4 still speaks (KIP-896), so they are short and stay.
const apiVersions = { key: 18, version: 0 };
const createTopicsApi = { key: 19, version: 2 };
const topicExistsCode = 36;
const responseBytesMax = 1024 * 1024;

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}

function request(
  address: { host: string; port: number },
  api: { key: number; version: number },
  body: Buffer,
  timeoutMs: number,
): Promise<Buffer> {
  const correlationId = 1;
  const header = [int16(api.key), int16(api.version), int32(correlationId), text('cluster-engine')];
  const message = Buffer.concat([...header, body]);
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, ...pollingAddress(address.host) });
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('the broker did not answer')));
    socket.on('connect', () => socket.write(Buffer.concat([int32(message.length), message])));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4) return;
      const length = received.readInt32BE(0);
      if (length > responseBytesMax) {
        socket.destroy(new Error(`an answer of ${length} bytes is no Kafka broker's`));
      } else if (received.length >= 4 + length) {
        socket.destroy();
        resolve(received.subarray(8, 4 + length));
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the broker closed the connection')));
  });
}

export async function isBrokerAnswering(host: string, port: number): Promise<boolean> {
  try {
    const response = await request({ host, port }, apiVersions, Buffer.alloc(0), 2_000);
    return response.readInt16BE(0) === 0;
  } catch {
    return false;
  }
}

/** Makes the topics that are missing; those that exist stay as they are. */
export async function createTopics(
  host: string,
  port: number,
  topics: readonly Topic[],
  timeoutMs = 20_000,
): Promise<void> {
  const entries = topics.map(({ name, partitions }) =>
    // One replica, no manual assignment, no settings.
    Buffer.concat([text(name), int32(partitions), int16(1), int32(0), int32(0)]),
  );
  const validateOnly = Buffer.from([0]);
  const body = Buffer.concat([
    int32(topics.length),
    ...entries,
    int32(timeoutMs - 1_000),
    validateOnly,
  ]);
  const response = await request({ host, port }, createTopicsApi, body, timeoutMs);
  for (const { name, code, message } of readTopicResults(response)) {
    if (code === 0 || code === topicExistsCode) continue;
    throw new Error(`topic ${name} was not made: ${message ?? `Kafka error ${code}`}`);
  }
}

function readTopicResults(
  response: Buffer,
): { name: string; code: number; message: string | undefined }[] {
  let offset = 4; // After the throttle time.
  const readInt16 = (): number => {
    offset += 2;
    return response.readInt16BE(offset - 2);
  };
  const readText = (): string | undefined => {
    const length = readInt16();
    if (length < 0) return undefined;
    offset += length;
    return response.toString('utf8', offset - length, offset);
  };
  const count = response.readInt32BE(offset);
  offset += 4;
  return Array.from({ length: count }, () => ({
    name: readText() ?? '',
    code: readInt16(),
    message: readText(),
  }));
}
