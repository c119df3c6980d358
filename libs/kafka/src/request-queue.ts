import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/** As kafkajs has it: for requests that wait for others of their connection, which look themselves when they end. */
const CHECK_INTERVAL_MS = 10;

/** kafkajs looks ten times a second, on each connection for ever; here none has a limit below two seconds. */
const LATE_CHECK_INTERVAL_MS = 250;

let isInstalled = false;

/**
 * Has kafkajs look for waiting requests while there are any, and less often for late ones. By itself each connection
 * looks each millisecond from its first answer on, for ever: half of what an idle worker took (docs/measurements.md;
 * tulios/kafkajs#1704, open in 2.2.4).
 */
export function installRequestQueue(): void {
  if (isInstalled) return;
  isInstalled = true;
  const { scheduleCheckPendingRequests, scheduleRequestTimeoutCheck } = RequestQueue.prototype;
  if (![scheduleCheckPendingRequests, scheduleRequestTimeoutCheck].every(isFunction)) {
    throw new TypeError('this kafkajs looks for waiting and late requests in another way');
  }
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue): void {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(
      () => {
        const nowMs = Date.now();
        for (const request of this.inflight.values()) {
          if (nowMs - request.sentAt > request.requestTimeout) request.timeoutRequest();
        }
        if (!this.isConnected()) this.destroy();
      },
      Math.min(this.requestTimeout, LATE_CHECK_INTERVAL_MS),
    );
  };
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

function isFunction(found: unknown): boolean {
  return typeof found === 'function';
}
