import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import type {
  ActOnDeadLettersRequest,
  ActRequest,
  ActResponse,
  ActsResponse,
  CorrectDeadLetterRequest,
  DiscardParkedPayInsRequest,
  RetryParkedPayInsRequest,
  RetryParkedPayInsResponse,
} from '@billing/contracts';
import { OperationsRpc, type RpcName } from '../grpc/billing-rpc.js';
import { CallDeadline, CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess } from '../grpc/client-access.js';
import { LetterDesk } from './letter-desk.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** The calls of operations.proto: who, until when, and one call of the desk each. */
@Controller()
export class LetterController {
  constructor(
    private readonly access: ClientAccess,
    private readonly desk: LetterDesk,
    private readonly settings: CoordinatorSettings,
  ) {}

  @OperationsRpc('ReplayDeadLetter')
  replay(request: ActRequest, metadata: Metadata, call: Call): Promise<ActResponse> {
    return this.act('ReplayDeadLetter', metadata, call, (clientId) =>
      this.desk.replay(clientId, request),
    );
  }

  @OperationsRpc('CorrectDeadLetter')
  correct(request: CorrectDeadLetterRequest, metadata: Metadata, call: Call): Promise<ActResponse> {
    return this.act('CorrectDeadLetter', metadata, call, (clientId) =>
      this.desk.correct(clientId, request),
    );
  }

  @OperationsRpc('DiscardDeadLetter')
  discard(request: ActRequest, metadata: Metadata, call: Call): Promise<ActResponse> {
    return this.act('DiscardDeadLetter', metadata, call, (clientId) =>
      this.desk.discard(clientId, request),
    );
  }

  @OperationsRpc('ActOnDeadLetters')
  actOnMany(
    request: ActOnDeadLettersRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<ActsResponse> {
    return this.act('ActOnDeadLetters', metadata, call, (clientId) =>
      this.desk.actOnMany(clientId, request),
    );
  }

  @OperationsRpc('RetryParkedPayIns')
  retryParked(
    request: RetryParkedPayInsRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<RetryParkedPayInsResponse> {
    return this.act('RetryParkedPayIns', metadata, call, (clientId) =>
      this.desk.retryParked(clientId, request),
    );
  }

  @OperationsRpc('DiscardParkedPayIns')
  discardParked(
    request: DiscardParkedPayInsRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<ActsResponse> {
    return this.act('DiscardParkedPayIns', metadata, call, (clientId) =>
      this.desk.discardParked(clientId, request),
    );
  }

  private async act<T>(
    rpc: RpcName,
    metadata: Metadata,
    call: Call,
    work: (clientId: string) => Promise<T>,
  ): Promise<T> {
    const client = await this.access.authorize(metadata, rpc);
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => work(client.id));
  }
}
