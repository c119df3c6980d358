import type { PayOutRequest } from '@billing/contracts';
import type {
  CoordinatorClient,
  PayOutsAnswer,
  PayOutsClient,
} from '../coordinator/coordinator-client.js';

/** Many pay-outs in flight on one stream; an answer finds its caller by its number. */
export class StreamCaller {
  private readonly stream: PayOutsClient;
  private readonly pending = new Map<number, (answer: PayOutsAnswer) => void>();
  private readonly broken: Promise<never>;
  private sequence = 0;
  private isClosed = false;

  constructor(client: CoordinatorClient) {
    this.stream = client.payOuts();
    this.broken = this.stream.ended.then((code) => {
      throw new Error(`the stream of pay-outs ended: ${code}`);
    });
    // Told to whoever waits for an answer then.
    this.broken.catch(() => undefined);
    void this.listen();
  }

  /** @throws when the stream ends */
  ask(request: Partial<PayOutRequest>): Promise<PayOutsAnswer> {
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

  private async listen(): Promise<void> {
    for (let heard = 0; !this.isClosed;) {
      const answers = await this.stream.answered(heard + 1);
      for (; heard < answers.length; heard += 1) {
        const answer = answers[heard]!;
        this.pending.get(answer.sequence)?.(answer);
        this.pending.delete(answer.sequence);
      }
    }
  }
}
