/** A pay-in command as it stands in a message (JSON). */
export interface PayInMessage {
  /** UUID in any case; credits at most once. */
  commandId: string;
  /** Account id, a positive 64-bit integer in decimal. */
  accountId: string;
  /** Decimal string in major units, at most as many decimals as the currency has. */
  amount: string;
  /** ISO 4217 code; must be the account's. */
  currency: string;
  /** Free text kept with the entry, up to 64 characters. */
  reference?: string;
  /** Any JSON object, up to 2,048 bytes as JSON. Numbers that a double cannot hold are `Digits`. */
  metadata?: Record<string, unknown>;
  /** The datacenter that is to credit it, whichever takes the message: dc1. Fixed before the message is first sent anywhere. */
  home?: string;
  /** Whose it is: credited to an account of this tenant alone. The gateway says so; in an upstream topic the topic does. */
  tenant?: string;
  /** Who asked the gateway for it. */
  client?: string;
}

/** A pay-in that passed every check that needs no database. */
export interface PayIn {
  readonly commandId: string;
  readonly accountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string | undefined;
  /** JSON text of an object. */
  readonly metadata: string | undefined;
  readonly tenant: string;
  /** The node that is to credit it; undefined: the one whose message it is. */
  readonly homeNodeId?: number | undefined;
}

/** A field and what is wrong with it, as a sentence for whoever sent it. */
export interface FieldViolation {
  readonly field: string;
  readonly message: string;
}

/** Why bytes are no pay-in: `reason` is the dead letter's, `detail` names the field. */
export interface PayInViolation {
  readonly reason: 'invalid_json' | 'invalid_message' | 'unknown_currency';
  readonly detail: string;
  /** What `detail` says, in its parts; undefined where it is of no field. */
  readonly fieldViolation?: FieldViolation;
  /** What could be read all the same, so that the letter can be found. */
  readonly commandId: string | undefined;
  readonly accountId: string | undefined;
  /** The topic's where the message does not say, or may not. */
  readonly tenant: string;
}

export const REFERENCE_LENGTH_MAX = 64;
export const METADATA_BYTES_MAX = 2048;
export const MESSAGE_BYTES_MAX = 16_384;
