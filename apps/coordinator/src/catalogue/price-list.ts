import {
  listPricedServices,
  type ChargeRefusal,
  type ChargeRow,
  type Database,
  type Service,
} from '@billing/database';
import { multiplyPrice } from '@billing/money';
import { withoutEffect } from '../grpc/billing-error.filter.js';

export interface PriceListOptions {
  readonly database: Database;
  /** A charge is priced by a list that was read at most so long ago. */
  readonly ageMaxMs: number;
}

/** What so much of a service costs now. */
export interface PricedCharge {
  /** 0: it is refused. */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly charge: ChargeRow;
}

/** The catalogue as this node knows it, kept for a moment, so that charges need not ask for it one by one. */
export class PriceList {
  private services: ReadonlyMap<string, Service> = new Map();
  private readAtMs = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(private readonly options: PriceListOptions) {}

  /**
   * By the clock of this coordinator. Undefined: there is no such service.
   * @param quantity as `isQuantity` wants it
   * @throws DatabaseError of no effect
   */
  async price(serviceId: string, quantity: string): Promise<PricedCharge | undefined> {
    // One that was under way when this came may have taken long.
    for (let reads = 0; reads < 2 && this.isOld(); reads += 1) await this.read();
    if (!this.services.has(serviceId)) {
      // One that is under way may have begun before the service came here.
      await this.reading;
      await this.read();
    }
    const service = this.services.get(serviceId);
    if (service === undefined) return undefined;
    const { currency, unit, retiredAt } = service;
    const refused = (refusal: ChargeRefusal): PricedCharge => ({
      amountMinor: 0n,
      currency,
      charge: { refusal },
    });
    if (retiredAt !== undefined) return refused('service_retired');
    const price = priceAt(service, Date.now());
    const amountMinor = multiplyPrice(price, quantity, currency);
    if (amountMinor === 'nothing') return refused('nothing_to_charge');
    if (amountMinor === 'out_of_range') return refused('charge_out_of_range');
    return { amountMinor, currency, charge: { serviceId, quantity, price, unit } };
  }

  private isOld(): boolean {
    return performance.now() - this.readAtMs > this.options.ageMaxMs;
  }

  /** Those that come meanwhile wait for the same. @throws DatabaseError of no effect */
  private read(): Promise<void> {
    this.reading ??= this.take().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async take(): Promise<void> {
    const startMs = performance.now();
    const services = await withoutEffect(listPricedServices(this.options.database));
    this.services = new Map(services.map((service) => [service.serviceId, service]));
    this.readAtMs = startMs;
  }
}

/** Of a moment before the first one: that. */
function priceAt({ prices, price }: Service, nowMs: number): string {
  const held = prices.find(
    ({ validFrom }) => validFrom === undefined || Number(validFrom) <= nowMs,
  );
  return (held ?? prices.at(-1))?.price ?? price;
}
