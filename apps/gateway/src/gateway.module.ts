import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { GatewayConfig } from '@billing/config';
import { Database } from '@billing/database';
import type { Log } from '@billing/observability';
import { AccountController } from './accounts/account.controller.js';
import { AccountStateController } from './accounts/account-state.controller.js';
import { HistoryController } from './accounts/history.controller.js';
import { MoneyController } from './accounts/money.controller.js';
import { ActController } from './acts/act.controller.js';
import { CoordinatorClient } from './coordinator/coordinator-client.js';
import { DatacenterCalls } from './datacenters/datacenter-calls.js';
import { DatacenterController } from './datacenters/datacenter.controller.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { HoldController } from './holds/hold.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import type { RouteList } from './http/route-list.js';
import { RequestPipe } from './http/request.pipe.js';
import { DeadLetterController } from './letters/dead-letter.controller.js';
import { ParkedPayInController } from './letters/parked-pay-in.controller.js';
import { OperationsController } from './overview/operations.controller.js';
import { OverviewStreams } from './overview/overview-streams.js';
import { Overview } from './overview/overview.js';
import { PayInController } from './pay-ins/pay-in.controller.js';
import { PayInPublisher } from './pay-ins/pay-in-publisher.js';
import { ChargeController, PayOutController } from './pay-outs/pay-out.controller.js';
import { BulkAnswers } from './pay-outs/bulk-answers.js';
import { PayOutSettings } from './pay-outs/pay-out-settings.js';
import { ServiceController } from './services/service.controller.js';

export interface GatewayModuleParts {
  readonly config: GatewayConfig;
  readonly database: Database;
  readonly coordinator: CoordinatorClient;
  readonly publisher: PayInPublisher;
  readonly readiness: Readiness;
  readonly overview: Overview;
  readonly overviewStreams: OverviewStreams;
  readonly datacenterCalls: DatacenterCalls;
  readonly routes: RouteList;
  readonly log: Log;
}

/** What Nest sees of a gateway; the parts come ready made (ADR 27). Tokens and limits are http-server.ts's. */
@Module({
  controllers: [
    HealthController,
    PayInController,
    PayOutController,
    ChargeController,
    HoldController,
    AccountController,
    AccountStateController,
    MoneyController,
    HistoryController,
    ServiceController,
    OperationsController,
    DatacenterController,
    DeadLetterController,
    ParkedPayInController,
    ActController,
  ],
  providers: [{ provide: APP_PIPE, useClass: RequestPipe }],
})
export class GatewayModule {
  static register(parts: GatewayModuleParts): DynamicModule {
    return {
      module: GatewayModule,
      providers: [
        { provide: Database, useValue: parts.database },
        { provide: CoordinatorClient, useValue: parts.coordinator },
        { provide: PayInPublisher, useValue: parts.publisher },
        { provide: PayOutSettings, useValue: new PayOutSettings(parts.config) },
        {
          provide: BulkAnswers,
          useValue: new BulkAnswers(parts.coordinator, new PayOutSettings(parts.config), parts.log),
        },
        { provide: Readiness, useValue: parts.readiness },
        { provide: Overview, useValue: parts.overview },
        { provide: OverviewStreams, useValue: parts.overviewStreams },
        { provide: DatacenterCalls, useValue: parts.datacenterCalls },
        { provide: APP_FILTER, useValue: new ProblemFilter(parts.routes, parts.log) },
      ],
    };
  }
}
