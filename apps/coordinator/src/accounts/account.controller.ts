import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import type {
  CorrectBalanceRequest,
  CorrectBalanceResponse,
  DeleteAccountRequest,
  DeleteAccountResponse,
  ListServicesResponse,
  OpenAccountRequest,
  OpenAccountResponse,
} from '@billing/contracts';
import { AccountDesk } from './account-desk.js';
import { withoutEffect } from '../grpc/billing-error.filter.js';
import { BillingRpc, OperationsRpc } from '../grpc/billing-rpc.js';
import { CallDeadline, CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess } from '../grpc/client-access.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** The calls about accounts: who, until when, and one call of the desk each. */
@Controller()
export class AccountController {
  constructor(
    private readonly access: ClientAccess,
    private readonly desk: AccountDesk,
    private readonly settings: CoordinatorSettings,
  ) {}

  @BillingRpc('OpenAccount')
  async openAccount(
    request: OpenAccountRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<OpenAccountResponse> {
    const client = await this.access.authorize(metadata, 'accounts:write');
    return this.deadlineOf(call).bound(() => this.desk.open(client.id, request));
  }

  @BillingRpc('DeleteAccount')
  async deleteAccount(
    request: DeleteAccountRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<DeleteAccountResponse> {
    const client = await this.access.authorize(metadata, 'accounts:write');
    // What is left of it then is an operator's to take out.
    if (request.force) await this.access.authorize(metadata, 'operator');
    const deadline = this.deadlineOf(call);
    return deadline.bound(() => this.desk.delete(client.id, request, deadline.remainingMs()));
  }

  @OperationsRpc('CorrectBalance')
  async correctBalance(
    request: CorrectBalanceRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<CorrectBalanceResponse> {
    const client = await this.access.authorize(metadata, 'operator');
    return this.deadlineOf(call).bound(() => this.desk.correct(client.id, request));
  }

  @BillingRpc('ListServices')
  async listServices(_: object, metadata: Metadata, call: Call): Promise<ListServicesResponse> {
    await this.access.authorize(metadata, 'services:read');
    return this.deadlineOf(call).bound(() => withoutEffect(this.desk.listServices()));
  }

  private deadlineOf(call: Call): CallDeadline {
    return CallDeadline.of(call, this.settings.callDeadlineMs);
  }
}
