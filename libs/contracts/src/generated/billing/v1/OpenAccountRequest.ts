// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface OpenAccountRequestInput {
  /**
   * 1 to 200 characters, not blank.
   */
  username?: string;
  /**
   * ISO 4217; empty means USD.
   */
  currency?: string;
  /**
   * Empty or "0" opens without money. Otherwise the money is split in equal shares over the
   * datacenters behind the answer; all of it can be spent at once from anywhere.
   */
  initialBalance?: string;
  /**
   * 1 to 255 printable ASCII characters, unique per client.
   */
  idempotencyKey?: string;
}

export interface OpenAccountRequest {
  /**
   * 1 to 200 characters, not blank.
   */
  username: string;
  /**
   * ISO 4217; empty means USD.
   */
  currency: string;
  /**
   * Empty or "0" opens without money. Otherwise the money is split in equal shares over the
   * datacenters behind the answer; all of it can be spent at once from anywhere.
   */
  initialBalance: string;
  /**
   * 1 to 255 printable ASCII characters, unique per client.
   */
  idempotencyKey: string;
}
