import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { PassErrorsOnFilter } from './pass-errors-on.filter.js';
import { PayInBatchApplier } from './pay-in-batch-applier.js';
import { PayInConsumer } from './pay-in-consumer.js';

export interface LedgerWorkerModuleParts {
  readonly applier: PayInBatchApplier;
}

/** What Nest sees of a ledger worker; the parts come ready made (ADR 27). */
@Module({
  controllers: [PayInConsumer],
  providers: [{ provide: APP_FILTER, useClass: PassErrorsOnFilter }],
})
export class LedgerWorkerModule {
  static register({ applier }: LedgerWorkerModuleParts): DynamicModule {
    return {
      module: LedgerWorkerModule,
      providers: [{ provide: PayInBatchApplier, useValue: applier }],
    };
  }
}
