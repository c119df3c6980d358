export interface Listing<T> {
  readonly items: readonly T[];
  /** How many there are; `items` may hold fewer. */
  readonly total: number;
}
