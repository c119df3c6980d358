import { POSITION_ELEMENTS_MAX } from '@billing/contracts';

/** Replication lasts longer only while a datacenter is away, and then reads say that they are stale. */
const KEPT_MS = 60_000;

/** What this client has written lately, as positions (docs/positions.md). */
export class OwnPositions {
  private readonly elements = new Map<string, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  add(position: string | undefined): void {
    for (const element of position?.split(',') ?? []) {
      this.elements.delete(element);
      this.elements.set(element, this.now());
    }
  }

  /** For `Billing-After`; undefined: there is none. */
  get text(): string | undefined {
    for (const [element, addedMs] of this.elements) {
      if (this.elements.size <= POSITION_ELEMENTS_MAX && this.now() - addedMs < KEPT_MS) break;
      this.elements.delete(element);
    }
    return this.elements.size === 0 ? undefined : [...this.elements.keys()].join();
  }
}
