import { Readable } from 'node:stream';
import { stringifyJson, type PaidOut, type PayOutRequest } from '@billing/contracts';
import { addMetadata } from '../http/lossless-answer.js';
import type { BulkMediaType, BulkStream } from '../http/bulk-stream.js';
import { HttpProblem } from '../http/http-problem.js';
import type { GivenItem } from './bulk-orders.js';
import { describePayOut } from './pay-out.view.js';

export interface BulkPayOuts {
  /** @throws HttpProblem */
  readonly read: (item: unknown) => PayOutRequest;
  /** @throws HttpProblem */
  readonly pay: (request: PayOutRequest) => Promise<PaidOut>;
  /** Under way at once, and so many more answered and not yet read. */
  readonly atOnceMax: number;
  /** Of what is no refusal. */
  readonly onError: (error: unknown) => void;
}

/** Violations of an item that could not be read, or the item. */
type Item = readonly { field: string; message: string }[] | GivenItem;
/** The last one: nothing from there on was taken. */
class Rest {
  constructor(readonly problem: HttpProblem) {}
}

/**
 * Results in the order of the items, each as soon as those before it are there: no item is read ahead of what may be under way, and
 * nothing that its client does not read.
 * @throws HttpProblem when not even the first item is one
 */
export async function answerBulk(stream: BulkStream, bulk: BulkPayOuts): Promise<Readable> {
  let index = 0;
  const results = Readable.from(itemsOf(stream)).map(
    (item: Item | Rest) => answerItem(item, index++, bulk),
    { concurrency: bulk.atOnceMax },
  );
  const texts = results[Symbol.asyncIterator]() as AsyncIterator<string | Rest>;
  const first = await texts.next();
  if (first.value instanceof Rest) throw first.value.problem;
  return Readable.from(frame(first, texts, stream.mediaType), { objectMode: false });
}

async function* itemsOf(stream: BulkStream): AsyncGenerator<Item | Rest> {
  try {
    yield* stream.items() as AsyncGenerator<Item>;
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    yield new Rest(error);
  }
}

/** The result as text; of the rest behind the first, too. */
async function answerItem(
  item: Item | Rest,
  index: number,
  { read, pay, onError }: BulkPayOuts,
): Promise<string | Rest> {
  try {
    if (item instanceof Rest) {
      if (index === 0) return item;
      throw item.problem;
    }
    if (!('item' in item)) throw HttpProblem.ofFields(item);
    const { payOut, replayed, position } = await pay(read(item.item));
    const body = addMetadata(describePayOut(payOut), payOut.metadataJson);
    const more = { ...(replayed && { replayed }), ...(position !== '' && { position }) };
    return stringifyJson({ index, status: 201, ...more, body });
  } catch (error) {
    if (!(error instanceof HttpProblem)) onError(error);
    const problem =
      error instanceof HttpProblem
        ? error
        : new HttpProblem('internal', 'something went wrong here; the log knows more');
    const rest = item instanceof Rest && { rest: true };
    return JSON.stringify({ index, status: problem.status, ...rest, body: problem.body });
  }
}

/** As a line each, or as one JSON array. */
async function* frame(
  first: IteratorResult<string | Rest>,
  texts: AsyncIterator<string | Rest>,
  mediaType: BulkMediaType,
): AsyncGenerator<string> {
  const isArray = mediaType === 'application/json';
  try {
    let between = isArray ? '[' : '';
    for (let one = first; !one.done; one = await texts.next()) {
      yield between + String(one.value);
      between = isArray ? ',\n' : '\n';
    }
    yield isArray ? ']\n' : '\n';
  } finally {
    // Its client is gone, or all is said: nothing more is read.
    await texts.return?.();
  }
}
