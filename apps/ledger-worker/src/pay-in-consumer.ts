import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { PAY_IN_TOPIC } from '@billing/contracts';
import type { BatchDelivery, BatchVerdict } from '@billing/kafka';
import { PayInBatchApplier } from './pay-in-batch-applier.js';

@Controller()
export class PayInConsumer {
  constructor(private readonly applier: PayInBatchApplier) {}

  @EventPattern(PAY_IN_TOPIC)
  apply(@Payload() { batch, control }: BatchDelivery): Promise<BatchVerdict | undefined> {
    return this.applier.apply(batch, control);
  }
}
