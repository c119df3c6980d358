import type { KafkaLogin } from '@billing/cluster';

/** What the demo uses of examples/upstream-producer, which is plain JavaScript on purpose. */
export interface UpstreamPayIn {
  readonly commandId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  readonly reference?: string;
}

export interface UpstreamProducer {
  send(payIns: readonly UpstreamPayIn[]): Promise<void>;
  logEnds(): Promise<Map<number, bigint>>;
  close(): Promise<void>;
}

interface UpstreamModule {
  commandIdOf(source: string, rowId: string, happenedAtMs: number): string;
  readonly PayInProducer: new (options: {
    brokers: readonly string[];
    clientId: string;
    sasl: KafkaLogin | undefined;
    /** PEM. */
    ca: string | undefined;
    onRetry: (error: Error) => void;
  }) => UpstreamProducer;
}

// Three folders below the clone, compiled or not.
const moduleUrl = new URL(
  '../../../examples/upstream-producer/pay-in-producer.mjs',
  import.meta.url,
);

export async function loadUpstream(): Promise<UpstreamModule> {
  return (await import(moduleUrl.href)) as UpstreamModule;
}
