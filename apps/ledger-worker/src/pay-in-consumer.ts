import { Controller, type Type } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { BatchDelivery, BatchVerdict } from '@billing/kafka';
import { PayInBatchApplier } from './pay-in-batch-applier.js';

/** A controller for the batches of one topic, which only the configuration knows. */
export function payInConsumerOf(topic: string): Type<unknown> {
  @Controller()
  class PayInConsumer {
    constructor(private readonly applier: PayInBatchApplier) {}

    @EventPattern<Record<string, BatchDelivery>>(topic)
    apply(@Payload() { batch, control }: BatchDelivery): Promise<BatchVerdict | undefined> {
      return this.applier.apply(batch, control);
    }
  }
  return PayInConsumer;
}
