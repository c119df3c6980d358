import type { Client } from './client.js';

const TOKENS_MAX = 1_000;

/**
 * Tokens whose signature was checked a moment ago. Checking one costs about 0.2 ms of processor time
 * (ES256), more than all the rest of an HTTP request.
 */
export class BelievedTokens {
  private readonly entries = new Map<
    string,
    { readonly client: Client; readonly untilMs: number }
  >();

  /** @param beliefMaxMs a key taken out of the key set stops counting this much later at most */
  constructor(private readonly beliefMaxMs: number) {}

  get(token: string, nowMs = Date.now()): Client | undefined {
    const entry = this.entries.get(token);
    if (entry === undefined) return undefined;
    if (nowMs < entry.untilMs) return entry.client;
    this.entries.delete(token);
    return undefined;
  }

  add(token: string, client: Client, nowMs = Date.now()): void {
    if (this.entries.size >= TOKENS_MAX) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    const untilMs = Math.min(client.expiresAtMs, nowMs + this.beliefMaxMs);
    this.entries.set(token, { client, untilMs });
  }
}
