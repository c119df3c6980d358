import type { PayOutRequest } from '@billing/contracts';
import type { Log } from '@billing/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { BulkStream } from '../http/bulk-stream.js';
import { ClientPlaces } from '../http/client-places.js';
import { HttpProblem } from '../http/http-problem.js';
import { answerBulk } from './pay-out-bulk.js';
import type { PayOutSettings } from './pay-out-settings.js';
import type { DeadlineLimits } from './pay-out.request.js';

const BULKS_MAX = 100;
const BULKS_PER_CLIENT_MAX = 20;

/** Bulks of pay-outs and charges: each item goes the way of a single one, over the stream that they share. */
export class BulkAnswers {
  private readonly places = new ClientPlaces({
    what: 'bulks of pay-outs and charges',
    placesMax: BULKS_MAX,
    perClientMax: BULKS_PER_CLIENT_MAX,
  });

  constructor(
    private readonly coordinator: CoordinatorClient,
    private readonly settings: PayOutSettings,
    private readonly log: Log,
  ) {}

  /** @throws HttpProblem when the body has no item, or as many bulks are open as may be */
  async answer(
    read: (item: unknown, limits: DeadlineLimits) => PayOutRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { body } = request;
    if (!(body instanceof BulkStream)) {
      throw new HttpProblem('invalid-request', 'the body has no item');
    }
    reply.raw.once('close', this.places.take(request.client?.id ?? ''));
    // Who neither sends nor reads is let go; a request's own time is not asked while it is being answered.
    reply.raw.setTimeout(this.settings.bulkIdleMs);
    const results = await answerBulk(body, {
      read: (item) => read(item, this.settings),
      pay: (order) => this.coordinator.payOut(order, request),
      atOnceMax: this.settings.bulkInFlightMax,
      onError: (err) => this.log.error({ err, requestId: request.id }, 'an item of a bulk failed'),
    });
    await reply.code(200).header('content-type', body.mediaType).send(results);
  }
}
