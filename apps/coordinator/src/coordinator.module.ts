import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Transport, type GrpcOptions } from '@nestjs/microservices';
import {
  BILLING_PACKAGE,
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  OPERATIONS_PROTO_FILE,
} from '@billing/contracts';
import type { Log } from '@billing/observability';
import type { ServerCredentials } from '@grpc/grpc-js';
import { AccountController } from './accounts/account.controller.js';
import { AccountDesk } from './accounts/account-desk.js';
import { AccountStateController } from './accounts/account-state.controller.js';
import { AccountStateDesk } from './accounts/account-state-desk.js';
import { CatalogueController } from './catalogue/catalogue.controller.js';
import { CatalogueDesk } from './catalogue/catalogue-desk.js';
import { BillingErrorFilter } from './grpc/billing-error.filter.js';
import { CoordinatorSettings } from './grpc/call-deadline.js';
import { ClientAccess } from './grpc/client-access.js';
import type { GrpcServices } from './grpc/grpc-services.js';
import { HoldController } from './holds/hold.controller.js';
import { HoldDesk } from './holds/hold-desk.js';
import { LetterController } from './letters/letter.controller.js';
import { LetterDesk } from './letters/letter-desk.js';
import { PayOutController } from './pay-outs/pay-out.controller.js';
import { PayOutDesk } from './pay-outs/pay-out-desk.js';
import { PayOutStreams } from './pay-outs/pay-out-streams.js';
import { RefundDesk } from './pay-outs/refund-desk.js';

const REQUEST_BYTES_MAX = 65_536;

export interface CoordinatorModuleParts {
  readonly access: ClientAccess;
  readonly settings: CoordinatorSettings;
  readonly accountDesk: AccountDesk;
  readonly accountStateDesk: AccountStateDesk;
  readonly catalogueDesk: CatalogueDesk;
  readonly letterDesk: LetterDesk;
  readonly payOutDesk: PayOutDesk;
  readonly holdDesk: HoldDesk;
  readonly payOutStreams: PayOutStreams;
  readonly refundDesk: RefundDesk;
  readonly log: Log;
}

/** What Nest sees of a coordinator; the parts come ready made (ADR 27). */
@Module({
  controllers: [
    AccountController,
    AccountStateController,
    CatalogueController,
    PayOutController,
    HoldController,
    LetterController,
  ],
})
export class CoordinatorModule {
  static register(parts: CoordinatorModuleParts): DynamicModule {
    return {
      module: CoordinatorModule,
      providers: [
        { provide: ClientAccess, useValue: parts.access },
        { provide: CoordinatorSettings, useValue: parts.settings },
        { provide: AccountDesk, useValue: parts.accountDesk },
        { provide: AccountStateDesk, useValue: parts.accountStateDesk },
        { provide: CatalogueDesk, useValue: parts.catalogueDesk },
        { provide: LetterDesk, useValue: parts.letterDesk },
        { provide: PayOutDesk, useValue: parts.payOutDesk },
        { provide: HoldDesk, useValue: parts.holdDesk },
        { provide: PayOutStreams, useValue: parts.payOutStreams },
        { provide: RefundDesk, useValue: parts.refundDesk },
        { provide: APP_FILTER, useValue: new BillingErrorFilter(parts.log) },
      ],
    };
  }
}

/** @param address host and port */
export function grpcOptions(
  address: string,
  services: GrpcServices,
  credentials: ServerCredentials,
): GrpcOptions {
  return {
    transport: Transport.GRPC,
    options: {
      url: address,
      credentials,
      package: BILLING_PACKAGE,
      protoPath: [BILLING_PROTO_FILE, OPERATIONS_PROTO_FILE],
      loader: BILLING_PROTO_OPTIONS,
      maxReceiveMessageLength: REQUEST_BYTES_MAX,
      gracefulShutdown: true,
      onLoadPackageDefinition: (_definition, server) => services.add(server),
    },
  };
}
