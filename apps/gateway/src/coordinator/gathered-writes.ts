import type { ClientDuplexStream } from '@grpc/grpc-js';

type Told = (error?: Error | null) => void;

/** HTTP/2's side of a call, as grpc-js writes to it. */
interface Http2Side {
  write(message: Buffer, told: Told): boolean;
}

/** What grpc-js has between a call and HTTP/2, by the names that lead from one to the next. */
interface Layer {
  readonly call?: Layer | null;
  readonly child?: Layer | null;
  readonly underlyingCalls?: readonly { readonly call: Layer }[];
  readonly http2Stream?: Http2Side | null;
}

const LAYERS_MAX = 10;

/**
 * grpc-js hands a call's messages to HTTP/2 one by one, each after the socket took the last: a turn of the event loop
 * and a system call for every request, there and at the coordinator, which reads them one by one, too. Told at once
 * that a message is taken, as long as HTTP/2 has room for more, it hands over all that came in one turn. Of use from
 * the first answer on: only then is it certain which of its layers stay. Should grpc-js be built differently one day,
 * nothing is lost but time.
 */
export function gatherWrites(call: ClientDuplexStream<never, unknown>): void {
  const http2 = findHttp2(call as unknown as Layer);
  if (http2 === undefined) return;
  const write = http2.write.bind(http2);
  http2.write = (message, told) => {
    let isTold = false;
    const tellOnce: Told = (error) => {
      if (isTold) return;
      isTold = true;
      told(error);
    };
    const hasRoom = write(message, tellOnce);
    if (hasRoom) tellOnce();
    return hasRoom;
  };
}

function findHttp2(call: Layer): Http2Side | undefined {
  let layer: Layer | null | undefined = call;
  for (let depth = 0; layer && depth < LAYERS_MAX; depth += 1) {
    if (layer.http2Stream) return layer.http2Stream;
    layer = layer.call ?? layer.child ?? layer.underlyingCalls?.at(-1)?.call;
  }
  return undefined;
}
