import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/** As kafkajs has it: for requests that wait for others of their connection, which look themselves when they end. */
const CHECK_INTERVAL_MS = 10;

let isInstalled = false;

/**
 * Has kafkajs look for waiting requests while there are any. By itself each connection looks each millisecond from its
 * first answer on, for ever: half of what an idle worker took (docs/measurements.md; tulios/kafkajs#1704, open in 2.2.4).
 */
export function installRequestQueue(): void {
  if (isInstalled) return;
  isInstalled = true;
  if (typeof RequestQueue.prototype.scheduleCheckPendingRequests !== 'function') {
    throw new TypeError('this kafkajs looks for waiting requests in another way');
  }
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const throttledMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(throttledMs, CHECK_INTERVAL_MS),
    );
  };
}
