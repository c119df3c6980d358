import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import type { Client } from '@billing/auth';
import type {
  AuthoriseHoldRequest,
  AuthoriseHoldResponse,
  CaptureHoldRequest,
  CaptureHoldResponse,
  ExtendHoldRequest,
  ExtendHoldResponse,
  GetHoldRequest,
  GetHoldResponse,
  RpcName,
  VoidHoldRequest,
  VoidHoldResponse,
} from '@billing/contracts';
import { BillingRpc } from '../grpc/billing-rpc.js';
import { CallDeadline, CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess } from '../grpc/client-access.js';
import { withoutEffect } from '../grpc/billing-error.filter.js';
import { HoldDesk } from './hold-desk.js';

type Call = ServerUnaryCall<unknown, unknown>;

// So that a caller hears our word on the deadline, not only its own clock.
const ANSWER_MARGIN_MS = 50;

/** Holds of billing.v1: who, until when, and one call of the desk each. */
@Controller()
export class HoldController {
  constructor(
    private readonly access: ClientAccess,
    private readonly desk: HoldDesk,
    private readonly settings: CoordinatorSettings,
  ) {}

  @BillingRpc('AuthoriseHold')
  async authoriseHold(
    request: AuthoriseHoldRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<AuthoriseHoldResponse> {
    const { client, callMs } = await this.admit('AuthoriseHold', metadata, call);
    return this.desk.authorise(client, request, callMs);
  }

  @BillingRpc('CaptureHold')
  async captureHold(
    request: CaptureHoldRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<CaptureHoldResponse> {
    const { client, callMs } = await this.admit('CaptureHold', metadata, call);
    return this.desk.capture(client, request, callMs);
  }

  @BillingRpc('VoidHold')
  async voidHold(
    request: VoidHoldRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<VoidHoldResponse> {
    const { client, callMs } = await this.admit('VoidHold', metadata, call);
    return this.desk.void(client, request, callMs);
  }

  @BillingRpc('ExtendHold')
  async extendHold(
    request: ExtendHoldRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<ExtendHoldResponse> {
    const { client, callMs } = await this.admit('ExtendHold', metadata, call);
    return this.desk.extend(client, request, callMs);
  }

  @BillingRpc('GetHold')
  async getHold(request: GetHoldRequest, metadata: Metadata, call: Call): Promise<GetHoldResponse> {
    const { tenants } = await this.access.authorize(metadata, 'GetHold');
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() =>
      withoutEffect(this.desk.get(request.holdId, deadline.remainingMs(), tenants)),
    );
  }

  /** Not cut off at its deadline: whether anything moved must be known before that is said. */
  private async admit(
    name: RpcName,
    metadata: Metadata,
    call: Call,
  ): Promise<{ client: Client; callMs: number }> {
    const callMs = Number(call.getDeadline()) - Date.now() - ANSWER_MARGIN_MS;
    return { client: await this.access.authorize(metadata, name), callMs };
  }
}
