import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import type {
  GetPayOutRequest,
  GetPayOutResponse,
  PayOutRequest,
  PayOutResponse,
  PreviewPayOutRequest,
  PreviewPayOutResponse,
  RefundCaptureRequest,
  RefundPayOutRequest,
  RefundPayOutResponse,
} from '@billing/contracts';
import { BillingRpc, BillingStreamRpc } from '../grpc/billing-rpc.js';
import { CallDeadline, CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess } from '../grpc/client-access.js';
import { withoutEffect } from '../grpc/billing-error.filter.js';
import { PayOutDesk } from './pay-out-desk.js';
import { PayOutStreams, type PayOutsCall } from './pay-out-streams.js';
import { RefundDesk } from './refund-desk.js';

type Call = ServerUnaryCall<unknown, unknown>;

// So that a caller hears our word on the deadline, not only its own clock.
const ANSWER_MARGIN_MS = 50;

/** Pay-outs of billing.v1: who, until when, and one call of the desk each. */
@Controller()
export class PayOutController {
  constructor(
    private readonly access: ClientAccess,
    private readonly desk: PayOutDesk,
    private readonly streams: PayOutStreams,
    private readonly refunds: RefundDesk,
    private readonly settings: CoordinatorSettings,
  ) {}

  @BillingRpc('PayOut')
  async payOut(request: PayOutRequest, metadata: Metadata, call: Call): Promise<PayOutResponse> {
    // Not cut off at its deadline: whether anything moved must be known before that is said.
    const callMs = Number(call.getDeadline()) - Date.now() - ANSWER_MARGIN_MS;
    const client = await this.access.authorize(metadata, 'PayOut');
    return this.desk.payOut(client, request, callMs);
  }

  @BillingStreamRpc('PayOuts')
  payOuts(call: PayOutsCall): void {
    this.streams.serve(call);
  }

  @BillingRpc('GetPayOut')
  async getPayOut(
    request: GetPayOutRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<GetPayOutResponse> {
    const { tenants } = await this.access.authorize(metadata, 'GetPayOut');
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() =>
      withoutEffect(this.desk.get(request.payOutId, deadline.remainingMs(), tenants)),
    );
  }

  @BillingRpc('RefundPayOut')
  async refundPayOut(
    request: RefundPayOutRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<RefundPayOutResponse> {
    const client = await this.access.authorize(metadata, 'RefundPayOut');
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => this.refunds.refund(client, request));
  }

  @BillingRpc('RefundCapture')
  async refundCapture(
    request: RefundCaptureRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<RefundPayOutResponse> {
    const client = await this.access.authorize(metadata, 'RefundCapture');
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => this.refunds.refundCapture(client, request));
  }

  @BillingRpc('PreviewPayOut')
  async previewPayOut(
    request: PreviewPayOutRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<PreviewPayOutResponse> {
    const { tenants } = await this.access.authorize(metadata, 'PreviewPayOut');
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => withoutEffect(this.desk.preview(request, tenants)));
  }
}
