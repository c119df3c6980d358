import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import type {
  AccountStateResponse,
  FreezeAccountRequest,
  RpcName,
  ThawAccountRequest,
} from '@billing/contracts';
import { BillingRpc } from '../grpc/billing-rpc.js';
import { CallDeadline, CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess, type Actor } from '../grpc/client-access.js';
import { AccountStateDesk } from './account-state-desk.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** The calls about states of accounts: who, until when, and one call of the desk each. */
@Controller()
export class AccountStateController {
  constructor(
    private readonly access: ClientAccess,
    private readonly desk: AccountStateDesk,
    private readonly settings: CoordinatorSettings,
  ) {}

  @BillingRpc('FreezeAccount')
  freeze(
    request: FreezeAccountRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<AccountStateResponse> {
    return this.act('FreezeAccount', metadata, call, (client, callMs) =>
      this.desk.freeze(client, request, callMs),
    );
  }

  @BillingRpc('ThawAccount')
  thaw(request: ThawAccountRequest, metadata: Metadata, call: Call): Promise<AccountStateResponse> {
    return this.act('ThawAccount', metadata, call, (client, callMs) =>
      this.desk.thaw(client, request, callMs),
    );
  }

  private async act(
    rpc: RpcName,
    metadata: Metadata,
    call: Call,
    work: (client: Actor, callMs: number) => Promise<AccountStateResponse>,
  ): Promise<AccountStateResponse> {
    const client = await this.access.authorizeAct(call, metadata, rpc);
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => work(client, deadline.remainingMs()));
  }
}
