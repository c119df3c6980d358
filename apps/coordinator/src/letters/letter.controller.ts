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
  RpcName,
} from '@billing/contracts';
import { OperationsRpc } from '../grpc/billing-rpc.js';
import { CallDeadline, CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess, type Actor } from '../grpc/client-access.js';
import { LetterDesk } from './letter-desk.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** The calls of operations.proto: who, how much, until when, and one call of the desk each. */
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
    return this.act('ActOnDeadLetters', metadata, call, (client) => {
      this.access.charge(client, request.ids.length);
      return this.desk.actOnMany(client, request);
    });
  }

  @OperationsRpc('RetryParkedPayIns')
  retryParked(
    request: RetryParkedPayInsRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<RetryParkedPayInsResponse> {
    return this.act('RetryParkedPayIns', metadata, call, async (client) => {
      this.access.charge(client, request.ids.length);
      const answer = await this.desk.retryParked(client, request);
      // Which ones "all" are is known by now only.
      if (request.ids.length === 0) this.access.charge(client, answer.results.length);
      return answer;
    });
  }

  @OperationsRpc('DiscardParkedPayIns')
  discardParked(
    request: DiscardParkedPayInsRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<ActsResponse> {
    return this.act('DiscardParkedPayIns', metadata, call, (client) => {
      this.access.charge(client, request.ids.length);
      return this.desk.discardParked(client, request);
    });
  }

  private async act<T>(
    rpc: RpcName,
    metadata: Metadata,
    call: Call,
    work: (client: Actor) => Promise<T>,
  ): Promise<T> {
    const client = await this.access.authorizeAct(call, metadata, rpc);
    const deadline = CallDeadline.of(call, this.settings.callDeadlineMs);
    return deadline.bound(() => work(client));
  }
}
