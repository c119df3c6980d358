/** Whom a token names. */
export interface Client {
  readonly id: string;
  readonly scopes: ReadonlySet<string>;
  /** The token's claim `exp`, milliseconds since 1970: what goes on for longer than a request ends by then. */
  readonly expiresAtMs: number;
}
