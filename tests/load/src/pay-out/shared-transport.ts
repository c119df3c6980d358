import type { LoadRequest, Transport } from './load-order.js';

/** Several transports, whose slots take turns. */
export class SharedTransport implements Transport {
  constructor(private readonly transports: readonly Transport[]) {}

  async connect(): Promise<void> {
    await Promise.all(this.transports.map((transport) => transport.connect()));
  }

  send(slot: number, request: LoadRequest, done: (failure: string | undefined) => void): void {
    const { length } = this.transports;
    this.transports[slot % length]!.send(Math.floor(slot / length), request, done);
  }

  close(): void {
    for (const transport of this.transports) transport.close();
  }
}
