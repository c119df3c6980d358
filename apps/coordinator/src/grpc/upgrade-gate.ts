import { requireUpgraded, type Database } from '@billing/database';
import { withoutEffect } from './billing-error.filter.js';

/** Keeps back what a node of the version before would misread, until the upgrade is complete here (ADR 28); from then on it asks nobody. */
export class UpgradeGate {
  private isOpen = false;

  constructor(private readonly database: Database) {}

  /** @throws DatabaseError of no effect */
  async pass(what: string): Promise<void> {
    if (this.isOpen) return;
    await withoutEffect(requireUpgraded(this.database, what));
    this.isOpen = true;
  }
}
