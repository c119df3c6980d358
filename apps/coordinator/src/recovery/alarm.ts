const ALARM_EVERY_MS = 60_000;

/** Says the same thing at most once a minute, however often it is found. */
export class Alarm {
  private saidAtMs = -Infinity;

  constructor(
    private readonly say: (facts: object) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  raise(facts: object): void {
    if (this.nowMs() - this.saidAtMs < ALARM_EVERY_MS) return;
    this.saidAtMs = this.nowMs();
    this.say(facts);
  }
}
