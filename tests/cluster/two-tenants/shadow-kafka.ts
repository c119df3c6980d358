import { randomUUID } from 'node:crypto';
import { Upstream, type Command, type RawMessage } from '../pay-ins/upstream.js';
import { SHADOW, toMinor, type ShadowBook } from './shadow-book.js';

function readCommand({ value }: RawMessage): Partial<Command> | undefined {
  try {
    const read: unknown = JSON.parse(value?.toString() ?? '');
    return typeof read === 'object' && read !== null ? (read as Partial<Command>) : undefined;
  } catch {
    return undefined;
  }
}

/** To a topic that says its tenant itself nothing is added. */
const sharedTopic = 'billing.payin';

/** Beside each pay-in that the first produced, one to the shadow's account; its command id is used again later. */
export function shadowUpstreams(book: ShadowBook): void {
  const { sendRaw } = Upstream.prototype;
  Upstream.prototype.sendRaw = async function (this: Upstream, messages, compression) {
    await sendRaw.call(this, messages, compression);
    if (this.topic !== sharedTopic) return;
    await book.act(async () => {
      const mine = messages.flatMap((message) => {
        const said = readCommand(message);
        const accountId = book.twins.get(said?.accountId ?? '');
        const minor = toMinor(said?.amount, said?.currency);
        const isFirsts = said?.tenant === undefined || said.tenant === 'default';
        if (!said || !isFirsts || accountId === undefined || minor === undefined) return [];
        const toMessage = (commandId: string): RawMessage => {
          const value = { ...said, commandId, accountId, tenant: SHADOW };
          return { ...message, key: accountId, value: Buffer.from(JSON.stringify(value)) };
        };
        const own = randomUUID();
        book.sent(own, { accountId, minor });
        const { commandId } = said;
        if (commandId !== undefined) {
          book.seeFirst(commandId, 'payIn');
          const send = () => sendRaw.call(this, [toMessage(commandId)]);
          book.thefts.set(commandId, { commandId, accountId, send });
        }
        return [toMessage(own)];
      });
      if (mine.length > 0) await sendRaw.call(this, mine, compression);
    });
  };
}
