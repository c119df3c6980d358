import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import type {
  CreateServiceRequest,
  ListServicesResponse,
  RepriceServiceRequest,
  RetireServiceRequest,
  RpcName,
  ServiceResponse,
} from '@billing/contracts';
import { withoutEffect } from '../grpc/billing-error.filter.js';
import { BillingRpc } from '../grpc/billing-rpc.js';
import { CallDeadline, CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess, type Actor } from '../grpc/client-access.js';
import { CatalogueDesk } from './catalogue-desk.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** The calls about services: who, until when, and one call of the desk each. */
@Controller()
export class CatalogueController {
  constructor(
    private readonly access: ClientAccess,
    private readonly desk: CatalogueDesk,
    private readonly settings: CoordinatorSettings,
  ) {}

  @BillingRpc('ListServices')
  async listServices(_: object, metadata: Metadata, call: Call): Promise<ListServicesResponse> {
    await this.access.authorize(metadata, 'ListServices');
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => withoutEffect(this.desk.list()));
  }

  @BillingRpc('CreateService')
  create(request: CreateServiceRequest, metadata: Metadata, call: Call): Promise<ServiceResponse> {
    return this.act('CreateService', metadata, call, (client, callMs) =>
      this.desk.create(client, request, callMs),
    );
  }

  @BillingRpc('RepriceService')
  reprice(
    request: RepriceServiceRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<ServiceResponse> {
    return this.act('RepriceService', metadata, call, (client, callMs) =>
      this.desk.reprice(client, request, callMs),
    );
  }

  @BillingRpc('RetireService')
  retire(request: RetireServiceRequest, metadata: Metadata, call: Call): Promise<ServiceResponse> {
    return this.act('RetireService', metadata, call, (client, callMs) =>
      this.desk.retire(client, request, callMs),
    );
  }

  private async act(
    rpc: RpcName,
    metadata: Metadata,
    call: Call,
    work: (client: Actor, callMs: number) => Promise<ServiceResponse>,
  ): Promise<ServiceResponse> {
    const client = await this.access.authorizeAct(call, metadata, rpc);
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => work(client, deadline.remainingMs()));
  }
}
