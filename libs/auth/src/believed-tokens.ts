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

  /**
   * @param beliefMaxMs a key taken out of the key set stops counting this much later at most, by a clock that
   * nobody sets; a token's own end is a date
   */
  constructor(private readonly beliefMaxMs: number) {}

  get(token: string, dateMs = Date.now(), steadyMs = performance.now()): Client | undefined {
    const entry = this.entries.get(token);
    if (entry === undefined) return undefined;
    if (steadyMs < entry.untilMs && dateMs < entry.client.expiresAtMs) return entry.client;
    this.entries.delete(token);
    return undefined;
  }

  add(token: string, client: Client, steadyMs = performance.now()): void {
    if (this.entries.size >= TOKENS_MAX) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    this.entries.set(token, { client, untilMs: steadyMs + this.beliefMaxMs });
  }
}
