import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { PassErrorsOnFilter } from './pass-errors-on.filter.js';
import { PayInBatchApplier } from './pay-in-batch-applier.js';
import { payInConsumerOf } from './pay-in-consumer.js';

export interface LedgerWorkerModuleParts {
  readonly topic: string;
  readonly applier: PayInBatchApplier;
}

/** What Nest sees of one topic of a ledger worker; the parts come ready made (ADR 27). */
@Module({
  providers: [{ provide: APP_FILTER, useClass: PassErrorsOnFilter }],
})
export class LedgerWorkerModule {
  static register({ topic, applier }: LedgerWorkerModuleParts): DynamicModule {
    return {
      module: LedgerWorkerModule,
      controllers: [payInConsumerOf(topic)],
      providers: [{ provide: PayInBatchApplier, useValue: applier }],
    };
  }
}
