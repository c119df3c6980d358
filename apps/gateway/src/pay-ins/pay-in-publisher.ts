import { Injectable } from '@nestjs/common';
import type { GatewayConfig } from '@billing/config';
import type { PayInMessage } from '@billing/contracts';
import { PayInOutcomeUnknownError, type PayInProducer } from '@billing/kafka';
import type { View } from '../http/field-schemas.js';
import { HttpProblem } from '../http/http-problem.js';
import type { GatewayMetrics } from '../metrics/gateway.metrics.js';
import { formatReceipt } from './pay-in-receipt.js';
import type { acceptedPayInView } from './pay-in.view.js';

export type AcceptedPayIn = View<typeof acceptedPayInView>;

/** Whose a message is and who asks for it, as the token says. */
export type PayInSender = Required<Pick<PayInMessage, 'tenant' | 'client'>>;

/** Puts a pay-in into the topic and says where it can be asked for. */
@Injectable()
export class PayInPublisher {
  constructor(
    private readonly producer: PayInProducer,
    private readonly config: Pick<GatewayConfig, 'nodeId'>,
    private readonly metrics: Pick<GatewayMetrics, 'countPublished'>,
  ) {}

  /** @throws HttpProblem 503 that names the command id to try again with */
  async publish(checked: PayInMessage, sender: PayInSender): Promise<AcceptedPayIn> {
    const { commandId } = checked;
    const message = { ...checked, ...sender };
    try {
      const receipt = formatReceipt(this.config.nodeId, await this.producer.publish(message));
      this.metrics.countPublished('accepted');
      const statusUrl = `/v1/pay-ins/${commandId}?receipt=${receipt}`;
      return { commandId, status: 'accepted', receipt, statusUrl };
    } catch (cause) {
      const isUnknown = cause instanceof PayInOutcomeUnknownError;
      this.metrics.countPublished(isUnknown ? 'unknown' : 'not_sent');
      if (isUnknown) {
        throw new HttpProblem(
          'outcome-unknown',
          'the broker did not answer in time: the pay-in may have been taken or not. Send it again with this commandId: it is credited once',
          { cause, members: { commandId } },
        );
      }
      throw HttpProblem.unavailable(
        'the pay-in was not taken: the broker of this datacenter cannot be reached now. Send it again with this commandId',
        { cause, members: { commandId } },
      );
    }
  }
}
