import { setTimeout as sleep } from 'node:timers/promises';
import type { PayOutRequestInput } from '@billing/contracts';
import type {
  CoordinatorClient,
  PayOutsAnswer,
  PayOutsClient,
} from '../coordinator/coordinator-client.js';

const openAgainAfterMs = 100;

/** Many pay-outs in flight on one stream; an answer finds its caller by its number. */
export class StreamCaller {
  private stream: PayOutsClient;
  private readonly pending = new Map<number, (answer: PayOutsAnswer) => void>();
  private readonly broken: Promise<never>;
  private sequence = 0;
  private isClosed = false;

  /** @param mayBreak whoever waits then is told that the outcome is unknown, and it is opened again; else `ask` throws */
  constructor(
    private readonly client: CoordinatorClient,
    private readonly mayBreak = false,
  ) {
    this.stream = client.payOuts();
    this.broken = mayBreak ? new Promise(() => undefined) : this.throwAtEnd(this.stream);
    void this.listen();
  }

  /** @throws when the stream ends */
  ask(request: PayOutRequestInput): Promise<PayOutsAnswer> {
    this.sequence += 1;
    const { sequence } = this;
    const answered = new Promise<PayOutsAnswer>((resolve) => this.pending.set(sequence, resolve));
    this.stream.write(sequence, request);
    return Promise.race([answered, this.broken]);
  }

  close(): void {
    this.isClosed = true;
    this.stream.cancel();
  }

  private throwAtEnd(stream: PayOutsClient): Promise<never> {
    const broken = stream.ended.then((code) => {
      throw new Error(`the stream of pay-outs ended: ${code}`);
    });
    // Told to whoever waits for an answer then.
    broken.catch(() => undefined);
    return broken;
  }

  private async listen(): Promise<void> {
    while (!this.isClosed) {
      const { stream } = this;
      const ended = stream.ended.then(() => undefined);
      for (let heard = 0; ;) {
        const answers = await Promise.race([stream.answered(heard + 1), ended]);
        if (answers === undefined) break;
        for (; heard < answers.length; heard += 1) this.answer(answers[heard]!);
      }
      if (!this.mayBreak || this.isClosed) return;
      this.stream = this.client.payOuts();
      for (const sequence of [...this.pending.keys()]) {
        this.answer({ sequence, response: undefined, reason: 'OUTCOME_UNKNOWN' } as PayOutsAnswer);
      }
      await sleep(openAgainAfterMs);
    }
  }

  private answer(answer: PayOutsAnswer): void {
    this.pending.get(answer.sequence)?.(answer);
    this.pending.delete(answer.sequence);
  }
}
