// A budget that bidders in every datacenter spend at once, thousands of times a second, and never beyond what there is. Each
// holds a slice of it (docs/holds.md), decides about bids by the slice alone, and captures now and then what it has won.

const toMinor = (amount) => Math.round(Number(amount) * 100);
const toAmount = (minor) => (minor / 100).toFixed(2);

export class AdBudget {
  /** Captured, in minor units. */
  spent = 0;
  /** Won, and not captured yet. */
  #won = 0;
  /** Of the slice, not yet won. */
  #left = 0;
  #hold;
  /** A capture without its answer: asked again under its key, it is done once. */
  #unsettled;
  #bidsUntil = 0;

  /** @param {{ client: import('@geo-billing/client').BillingClient }} options slices in minor units; a key for each slice and each capture is made by the client */
  constructor({
    client,
    accountId,
    currency = 'USD',
    slice = 500,
    sliceMin = 10,
    heldForMs = 60_000,
  }) {
    Object.assign(this, { client, accountId, currency, slice, sliceMin, heldForMs });
  }

  /** Whether a bid of so much may be made; if so, it counts as spent. Asks nobody. */
  win(minor) {
    if (minor > this.#left || Date.now() > this.#bidsUntil) return false;
    this.#left -= minor;
    this.#won += minor;
    return true;
  }

  /** Captures what was won, and holds the next slice once little is left of this one. To be called every second. */
  async settle() {
    const isOver = this.#left < this.slice / 10 || Date.now() > this.#bidsUntil;
    if (!(isOver ? await this.stop() : await this.#capture()) || !isOver) return;
    await this.#takeSlice();
  }

  /** Captures what was won, and gives back the rest. False: something is not answered; to be called again. */
  async stop() {
    this.#left = 0;
    // Twice: what was won while another capture was under way.
    if (!(await this.#capture()) || !(await this.#capture())) return false;
    if (this.#hold !== undefined) {
      await this.client.holds.void(this.#hold.holdId).catch((error) => {
        if (error.kind !== 'hold-over') throw error;
      });
    }
    this.#hold = undefined;
    return true;
  }

  /** Half of what is asked for, and again, where the budget does not cover it; below the least it is spent. */
  async #takeSlice() {
    for (let minor = this.slice; minor >= this.sliceMin; minor = Math.floor(minor / 2)) {
      try {
        // From now on: the hold's time runs from a later moment, so that what is won before it is over is captured.
        const until = Date.now() + this.heldForMs / 2;
        const { accountId, currency, heldForMs } = this;
        const order = { accountId, currency, amount: toAmount(minor), heldForMs };
        this.#hold = (await this.client.holds.authorise(order)).answer;
        [this.#left, this.#bidsUntil] = [minor, until];
        return;
      } catch (error) {
        // Whatever was held by an attempt without an answer comes back by itself.
        if (error.kind !== 'insufficient-funds') throw error;
      }
    }
  }

  async #capture() {
    if (this.#unsettled === undefined && this.#won > 0) {
      this.#unsettled = { minor: this.#won, key: undefined };
      this.#won = 0;
    }
    if (this.#unsettled === undefined) return true;
    const { minor, key } = this.#unsettled;
    try {
      const order = { amount: toAmount(minor), currency: this.currency };
      const { answer, idempotencyKey } = await this.client.holds.capture(
        this.#hold.holdId,
        order,
        key,
      );
      this.#unsettled.key = idempotencyKey;
      if (toMinor(answer.unknown) > 0) return false;
      this.spent += toMinor(answer.captured);
    } catch (error) {
      if (error.idempotencyKey === undefined) throw error;
      this.#unsettled.key = error.idempotencyKey;
      return false;
    }
    this.#unsettled = undefined;
    return true;
  }
}
