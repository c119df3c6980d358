import type { RunningDatacenter, RunningCluster } from '@billing/cluster';
import { LedgerView } from './ledger-view.js';
import { Payer } from './payer.js';
import { PayOutStream } from './pay-out-stream.js';
import { SiteGateway } from './site-gateway.js';
import { loadUpstream, type UpstreamProducer } from './upstream.js';

/**
 * One datacenter as the demo deals with it. Accounts are opened and balances read through its gateway;
 * pay-ins go to its Kafka; pay-outs go to its coordinator on one gRPC stream, which is what services
 * with thousands of them use: an HTTP request each would take more processor time than the pay-out.
 */
export interface Site {
  readonly datacenter: RunningDatacenter;
  readonly gateway: SiteGateway;
  readonly upstream: UpstreamProducer;
  readonly payer: Payer;
  readonly stream: PayOutStream;
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
  datacenters: readonly RunningDatacenter[],
  note: (line: string) => void,
): Promise<Site[]> {
  const { PayInProducer } = await loadUpstream();
  const { tls } = cluster;
  return datacenters.map((datacenter) => {
    const { name, nodeId } = datacenter;
    const brokerTrouble = new Trouble(name, note);
    const gatewayTrouble = new Trouble(name, note);
    const payOutTrouble = new Trouble(name, note);
    const stream = new PayOutStream(datacenter.coordinator, cluster.token, tls);
    const upstream = new PayInProducer({
      brokers: [datacenter.kafka],
      clientId: 'billing-demo',
      sasl: cluster.upstreamLogin,
      ca: tls?.ca,
      onRetry: () => brokerTrouble.tell('its broker does not answer'),
    });
    return {
      datacenter,
      gateway: new SiteGateway({
        nodeId,
        url: cluster.gatewayUrl(datacenter),
        datacenterName: name,
        token: cluster.token,
        ca: tls?.ca,
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
      payer: new Payer({
        datacenterName: name,
        stream,
        onTrouble: (reason) => payOutTrouble.tell(reason),
        onWell: () => payOutTrouble.isOver(),
      }),
      stream,
      ledger: new LedgerView(cluster, datacenter),
      trouble: new Trouble(name, note),
    };
  });
}

export async function closeSites(sites: readonly Site[]): Promise<void> {
  for (const { stream } of sites) stream.close();
  await Promise.allSettled(
    sites.flatMap(({ upstream, ledger }) => [upstream.close(), ledger.close()]),
  );
}
