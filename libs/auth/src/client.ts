/** Whom a token names. */
export interface Client {
  readonly id: string;
  readonly scopes: ReadonlySet<string>;
}
