import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import type {
  CorrectBalanceRequest,
  CorrectBalanceResponse,
  DeleteAccountRequest,
  DeleteAccountResponse,
  OpenAccountRequest,
  OpenAccountResponse,
} from '@billing/contracts';
import { AccountDesk } from './account-desk.js';
import { BillingRpc, OperationsRpc } from '../grpc/billing-rpc.js';
import { CallDeadline, CoordinatorSettings } from '../grpc/call-deadline.js';
import { allow, ClientAccess } from '../grpc/client-access.js';

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
    const client = await this.access.authorize(metadata, 'OpenAccount');
    if (bringsMoney(request)) allow(client, 'accounts:fund');
    return this.deadlineOf(call).bound(() => this.desk.open(client, request));
  }

  @BillingRpc('DeleteAccount')
  async deleteAccount(
    request: DeleteAccountRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<DeleteAccountResponse> {
    const client = await this.access.authorizeAct(call, metadata, 'DeleteAccount');
    // What is left of it then is an operator's to take out.
    if (request.force) allow(client, 'operator:act');
    const deadline = this.deadlineOf(call);
    return deadline.bound(() => this.desk.delete(client, request, deadline.remainingMs()));
  }

  @OperationsRpc('CorrectBalance')
  async correctBalance(
    request: CorrectBalanceRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<CorrectBalanceResponse> {
    const client = await this.access.authorizeAct(call, metadata, 'CorrectBalance');
    return this.deadlineOf(call).bound(() => this.desk.correct(client, request));
  }

  private deadlineOf(call: Call): CallDeadline {
    return CallDeadline.of(call, this.settings.callDeadlineMs);
  }
}

/** An amount that is more than nothing has such a digit, however it is written. */
function bringsMoney({ initialBalance }: OpenAccountRequest): boolean {
  return /[1-9]/.test(initialBalance);
}
