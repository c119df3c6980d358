// What this library needs of packages beyond their own types: of kafkajs 2.2.4 (fetch-decoder.ts, request-queue.ts,
// scram-users.ts), in specs of its errors and snappyjs.
declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(buffer: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): bigint;
    readString(): string;
    readBytes(byteLength?: number): Buffer;
    canReadBytes(length: number): boolean;
    readUVarIntString(): string | null;
    readUVarIntArray<T>(reader: (decoder: Decoder) => T): T[];
    readTaggedFields(): unknown;
    readArray<T>(reader: (decoder: Decoder) => T): T[];
    readArrayAsync<T>(reader: (decoder: Decoder) => Promise<T>): Promise<T[]>;
  }
}

declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    writeInt8(value: number): this;
    writeInt32(value: number): this;
    writeUVarInt(value: number): this;
    writeUVarIntString(value: string): this;
    writeUVarIntBytes(value: Buffer): this;
  }
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder.js' {
  import type Decoder from 'kafkajs/src/protocol/decoder.js';
  import type { KafkaMessage } from 'kafkajs';
  export default function decode(decoder: Decoder): Promise<{ records: KafkaMessage[] }>;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  interface FetchResponse {
    readonly throttleTime: number;
    readonly clientSideThrottleTime: number;
    readonly errorCode: number;
    readonly sessionId: number;
    readonly responses: readonly { readonly partitions: readonly object[] }[];
  }
  const response: { decode: (rawData: Buffer) => Promise<FetchResponse> };
  export default response;
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    constructor(options: {
      readonly maxInFlightRequests: number;
      readonly requestTimeout: number;
      readonly enforceRequestTimeout: boolean;
      readonly clientId: string;
      readonly broker: string;
      readonly logger: { readonly debug: () => void; readonly warn: () => void };
      readonly isConnected: () => boolean;
    });
    readonly pending: readonly object[];
    readonly inflight: ReadonlyMap<
      number,
      { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void }
    >;
    readonly enforceRequestTimeout: boolean;
    readonly requestTimeout: number;
    readonly isConnected: () => boolean;
    requestTimeoutIntervalId: NodeJS.Timeout | null;
    scheduleRequestTimeoutCheck(): void;
    destroy(): void;
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    push(request: {
      readonly entry: object;
      readonly expectResponse: boolean;
      readonly sendRequest: () => void;
    }): void;
    fulfillRequest(response: {
      readonly correlationId: number;
      readonly payload: Buffer;
      readonly size: number;
    }): void;
    maybeThrottle(clientSideThrottleMs: number): void;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
}

declare module 'kafkajs/src/consumer/batch.js' {
  import type { Batch } from 'kafkajs';
  const KafkaJSBatch: new (topic: string, fetchedOffset: string, partition: object) => Batch;
  export default KafkaJSBatch;
}

declare module 'snappyjs' {
  export function uncompress(compressed: Buffer, maxLength?: number): Buffer;
  export function compress(bytes: Buffer): Buffer;
}

declare module 'kafkajs/src/errors.js' {
  type ErrorClass = new (message: string) => Error;
  const errors: Readonly<
    Record<'KafkaJSConnectionClosedError' | 'KafkaJSSASLAuthenticationError', ErrorClass>
  >;
  export default errors;
}
