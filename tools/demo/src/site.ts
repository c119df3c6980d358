import type { Datacenter, RunningCluster } from '@billing/cluster';
import { GatewayClient } from './gateway.client.js';
import { LedgerView } from './ledger-view.js';
import { loadUpstream, type UpstreamProducer } from './upstream.js';

/** One datacenter as the demo deals with it: through its gateway, its Kafka and an operator's reads. */
export interface Site {
  readonly datacenter: Datacenter;
  readonly gateway: GatewayClient;
  readonly upstream: UpstreamProducer;
  readonly ledger: LedgerView;
  readonly trouble: Trouble;
}

/** Says once that something does not answer, and once that it does again. */
export class Trouble {
  private current: string | undefined;

  constructor(
    private readonly name: string,
    private readonly note: (line: string) => void,
  ) {}

  tell(reason: string): void {
    if (this.current === undefined) this.note(`${this.name}: ${reason}; trying again`);
    this.current = reason;
  }

  isOver(): void {
    if (this.current !== undefined) this.note(`${this.name}: answers again`);
    this.current = undefined;
  }
}

export async function openSites(
  cluster: RunningCluster,
  datacenters: readonly Datacenter[],
  note: (line: string) => void,
): Promise<Site[]> {
  const { PayInProducer } = await loadUpstream();
  return datacenters.map((datacenter) => {
    const { name } = datacenter;
    const brokerTrouble = new Trouble(name, note);
    const gatewayTrouble = new Trouble(name, note);
    const upstream = new PayInProducer({
      brokers: [cluster.kafkaBroker(datacenter)],
      clientId: 'billing-demo',
      onRetry: () => brokerTrouble.tell('its broker does not answer'),
    });
    return {
      datacenter,
      gateway: new GatewayClient({
        url: cluster.gatewayUrl(datacenter),
        datacenterName: name,
        token: cluster.token,
        onTrouble: (reason) => gatewayTrouble.tell(reason),
        onWell: () => gatewayTrouble.isOver(),
      }),
      upstream: {
        send: async (payIns) => {
          await upstream.send(payIns);
          brokerTrouble.isOver();
        },
        logEnds: () => upstream.logEnds(),
        close: () => upstream.close(),
      },
      ledger: new LedgerView(cluster, datacenter),
      trouble: new Trouble(name, note),
    };
  });
}

export async function closeSites(sites: readonly Site[]): Promise<void> {
  await Promise.allSettled(
    sites.flatMap(({ upstream, ledger }) => [upstream.close(), ledger.close()]),
  );
}
