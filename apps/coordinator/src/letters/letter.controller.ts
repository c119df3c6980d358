import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import type { Client } from '@billing/auth';
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
    return this.act('ReplayDeadLetter', metadata, call, (client) =>
      this.desk.replay(client, request),
    );
  }

  @OperationsRpc('CorrectDeadLetter')
  correct(request: CorrectDeadLetterRequest, metadata: Metadata, call: Call): Promise<ActResponse> {
    return this.act('CorrectDeadLetter', metadata, call, (client) =>
      this.desk.correct(client, request),
    );
  }

  @OperationsRpc('DiscardDeadLetter')
  discard(request: ActRequest, metadata: Metadata, call: Call): Promise<ActResponse> {
    return this.act('DiscardDeadLetter', metadata, call, (client) =>
      this.desk.discard(client, request),
    );
  }

  @OperationsRpc('ActOnDeadLetters')
  actOnMany(
    request: ActOnDeadLettersRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<ActsResponse> {
    return this.act('ActOnDeadLetters', metadata, call, (client) =>
      this.desk.actOnMany(client, request),
    );
  }

  @OperationsRpc('RetryParkedPayIns')
  retryParked(
    request: RetryParkedPayInsRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<RetryParkedPayInsResponse> {
    return this.act('RetryParkedPayIns', metadata, call, (client) =>
      this.desk.retryParked(client, request),
    );
  }

  @OperationsRpc('DiscardParkedPayIns')
  discardParked(
    request: DiscardParkedPayInsRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<ActsResponse> {
    return this.act('DiscardParkedPayIns', metadata, call, (client) =>
      this.desk.discardParked(client, request),
    );
  }

  private async act<T>(
    rpc: RpcName,
    metadata: Metadata,
    call: Call,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    const client = await this.access.authorize(metadata, rpc);
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => work(client));
  }
}
