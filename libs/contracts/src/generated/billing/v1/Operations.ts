// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  ActOnDeadLettersRequestInput as _billing_v1_ActOnDeadLettersRequestInput,
  ActOnDeadLettersRequest as _billing_v1_ActOnDeadLettersRequest,
} from '../../billing/v1/ActOnDeadLettersRequest.js';
import type {
  ActRequestInput as _billing_v1_ActRequestInput,
  ActRequest as _billing_v1_ActRequest,
} from '../../billing/v1/ActRequest.js';
import type {
  ActResponseInput as _billing_v1_ActResponseInput,
  ActResponse as _billing_v1_ActResponse,
} from '../../billing/v1/ActResponse.js';
import type {
  ActsResponseInput as _billing_v1_ActsResponseInput,
  ActsResponse as _billing_v1_ActsResponse,
} from '../../billing/v1/ActsResponse.js';
import type {
  CorrectBalanceRequestInput as _billing_v1_CorrectBalanceRequestInput,
  CorrectBalanceRequest as _billing_v1_CorrectBalanceRequest,
} from '../../billing/v1/CorrectBalanceRequest.js';
import type {
  CorrectBalanceResponseInput as _billing_v1_CorrectBalanceResponseInput,
  CorrectBalanceResponse as _billing_v1_CorrectBalanceResponse,
} from '../../billing/v1/CorrectBalanceResponse.js';
import type {
  CorrectDeadLetterRequestInput as _billing_v1_CorrectDeadLetterRequestInput,
  CorrectDeadLetterRequest as _billing_v1_CorrectDeadLetterRequest,
} from '../../billing/v1/CorrectDeadLetterRequest.js';
import type {
  DiscardParkedPayInsRequestInput as _billing_v1_DiscardParkedPayInsRequestInput,
  DiscardParkedPayInsRequest as _billing_v1_DiscardParkedPayInsRequest,
} from '../../billing/v1/DiscardParkedPayInsRequest.js';
import type {
  RetryParkedPayInsRequestInput as _billing_v1_RetryParkedPayInsRequestInput,
  RetryParkedPayInsRequest as _billing_v1_RetryParkedPayInsRequest,
} from '../../billing/v1/RetryParkedPayInsRequest.js';
import type {
  RetryParkedPayInsResponseInput as _billing_v1_RetryParkedPayInsResponseInput,
  RetryParkedPayInsResponse as _billing_v1_RetryParkedPayInsResponse,
} from '../../billing/v1/RetryParkedPayInsResponse.js';

export interface OperationsClient extends grpc.Client {
  /**
   * The first or the last of these for up to 500 letters, each for itself.
   */
  ActOnDeadLetters(
    argument: _billing_v1_ActOnDeadLettersRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  ActOnDeadLetters(
    argument: _billing_v1_ActOnDeadLettersRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  ActOnDeadLetters(
    argument: _billing_v1_ActOnDeadLettersRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  ActOnDeadLetters(
    argument: _billing_v1_ActOnDeadLettersRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  /**
   * The first or the last of these for up to 500 letters, each for itself.
   */
  actOnDeadLetters(
    argument: _billing_v1_ActOnDeadLettersRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  actOnDeadLetters(
    argument: _billing_v1_ActOnDeadLettersRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  actOnDeadLetters(
    argument: _billing_v1_ActOnDeadLettersRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  actOnDeadLetters(
    argument: _billing_v1_ActOnDeadLettersRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;

  /**
   * Changes this datacenter's part of an account, either sign, within what it has. Of a deleted account what is
   * left can be taken out. The same key with the same content answers the same correction again; a refusal
   * does not use up its key.
   */
  CorrectBalance(
    argument: _billing_v1_CorrectBalanceRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_CorrectBalanceResponse>,
  ): grpc.ClientUnaryCall;
  CorrectBalance(
    argument: _billing_v1_CorrectBalanceRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_CorrectBalanceResponse>,
  ): grpc.ClientUnaryCall;
  CorrectBalance(
    argument: _billing_v1_CorrectBalanceRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_CorrectBalanceResponse>,
  ): grpc.ClientUnaryCall;
  CorrectBalance(
    argument: _billing_v1_CorrectBalanceRequestInput,
    callback: grpc.requestCallback<_billing_v1_CorrectBalanceResponse>,
  ): grpc.ClientUnaryCall;
  /**
   * Changes this datacenter's part of an account, either sign, within what it has. Of a deleted account what is
   * left can be taken out. The same key with the same content answers the same correction again; a refusal
   * does not use up its key.
   */
  correctBalance(
    argument: _billing_v1_CorrectBalanceRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_CorrectBalanceResponse>,
  ): grpc.ClientUnaryCall;
  correctBalance(
    argument: _billing_v1_CorrectBalanceRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_CorrectBalanceResponse>,
  ): grpc.ClientUnaryCall;
  correctBalance(
    argument: _billing_v1_CorrectBalanceRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_CorrectBalanceResponse>,
  ): grpc.ClientUnaryCall;
  correctBalance(
    argument: _billing_v1_CorrectBalanceRequestInput,
    callback: grpc.requestCallback<_billing_v1_CorrectBalanceResponse>,
  ): grpc.ClientUnaryCall;

  /**
   * Credits other content instead, under the letter's command id; of a conflict under a new one.
   */
  CorrectDeadLetter(
    argument: _billing_v1_CorrectDeadLetterRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  CorrectDeadLetter(
    argument: _billing_v1_CorrectDeadLetterRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  CorrectDeadLetter(
    argument: _billing_v1_CorrectDeadLetterRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  CorrectDeadLetter(
    argument: _billing_v1_CorrectDeadLetterRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  /**
   * Credits other content instead, under the letter's command id; of a conflict under a new one.
   */
  correctDeadLetter(
    argument: _billing_v1_CorrectDeadLetterRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  correctDeadLetter(
    argument: _billing_v1_CorrectDeadLetterRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  correctDeadLetter(
    argument: _billing_v1_CorrectDeadLetterRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  correctDeadLetter(
    argument: _billing_v1_CorrectDeadLetterRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;

  /**
   * Says that a dead letter is never to be credited. Wants a note.
   */
  DiscardDeadLetter(
    argument: _billing_v1_ActRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  DiscardDeadLetter(
    argument: _billing_v1_ActRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  DiscardDeadLetter(
    argument: _billing_v1_ActRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  DiscardDeadLetter(
    argument: _billing_v1_ActRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  /**
   * Says that a dead letter is never to be credited. Wants a note.
   */
  discardDeadLetter(
    argument: _billing_v1_ActRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  discardDeadLetter(
    argument: _billing_v1_ActRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  discardDeadLetter(
    argument: _billing_v1_ActRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  discardDeadLetter(
    argument: _billing_v1_ActRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;

  /**
   * Parked pay-ins become dead letters that are discarded. Wants a note.
   */
  DiscardParkedPayIns(
    argument: _billing_v1_DiscardParkedPayInsRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  DiscardParkedPayIns(
    argument: _billing_v1_DiscardParkedPayInsRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  DiscardParkedPayIns(
    argument: _billing_v1_DiscardParkedPayInsRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  DiscardParkedPayIns(
    argument: _billing_v1_DiscardParkedPayInsRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  /**
   * Parked pay-ins become dead letters that are discarded. Wants a note.
   */
  discardParkedPayIns(
    argument: _billing_v1_DiscardParkedPayInsRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  discardParkedPayIns(
    argument: _billing_v1_DiscardParkedPayInsRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  discardParkedPayIns(
    argument: _billing_v1_DiscardParkedPayInsRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;
  discardParkedPayIns(
    argument: _billing_v1_DiscardParkedPayInsRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActsResponse>,
  ): grpc.ClientUnaryCall;

  /**
   * Credits a dead letter as it came, under its own command id. A message without one bears an id that its
   * name makes. A letter that conflicts with an applied pay-in is refused.
   */
  ReplayDeadLetter(
    argument: _billing_v1_ActRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  ReplayDeadLetter(
    argument: _billing_v1_ActRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  ReplayDeadLetter(
    argument: _billing_v1_ActRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  ReplayDeadLetter(
    argument: _billing_v1_ActRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  /**
   * Credits a dead letter as it came, under its own command id. A message without one bears an id that its
   * name makes. A letter that conflicts with an applied pay-in is refused.
   */
  replayDeadLetter(
    argument: _billing_v1_ActRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  replayDeadLetter(
    argument: _billing_v1_ActRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  replayDeadLetter(
    argument: _billing_v1_ActRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;
  replayDeadLetter(
    argument: _billing_v1_ActRequestInput,
    callback: grpc.requestCallback<_billing_v1_ActResponse>,
  ): grpc.ClientUnaryCall;

  /**
   * Tries parked pay-ins now rather than at the worker's next turn.
   */
  RetryParkedPayIns(
    argument: _billing_v1_RetryParkedPayInsRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RetryParkedPayInsResponse>,
  ): grpc.ClientUnaryCall;
  RetryParkedPayIns(
    argument: _billing_v1_RetryParkedPayInsRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_RetryParkedPayInsResponse>,
  ): grpc.ClientUnaryCall;
  RetryParkedPayIns(
    argument: _billing_v1_RetryParkedPayInsRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RetryParkedPayInsResponse>,
  ): grpc.ClientUnaryCall;
  RetryParkedPayIns(
    argument: _billing_v1_RetryParkedPayInsRequestInput,
    callback: grpc.requestCallback<_billing_v1_RetryParkedPayInsResponse>,
  ): grpc.ClientUnaryCall;
  /**
   * Tries parked pay-ins now rather than at the worker's next turn.
   */
  retryParkedPayIns(
    argument: _billing_v1_RetryParkedPayInsRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RetryParkedPayInsResponse>,
  ): grpc.ClientUnaryCall;
  retryParkedPayIns(
    argument: _billing_v1_RetryParkedPayInsRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_RetryParkedPayInsResponse>,
  ): grpc.ClientUnaryCall;
  retryParkedPayIns(
    argument: _billing_v1_RetryParkedPayInsRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RetryParkedPayInsResponse>,
  ): grpc.ClientUnaryCall;
  retryParkedPayIns(
    argument: _billing_v1_RetryParkedPayInsRequestInput,
    callback: grpc.requestCallback<_billing_v1_RetryParkedPayInsResponse>,
  ): grpc.ClientUnaryCall;
}

export interface OperationsHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The first or the last of these for up to 500 letters, each for itself.
   */
  ActOnDeadLetters: grpc.handleUnaryCall<
    _billing_v1_ActOnDeadLettersRequest,
    _billing_v1_ActsResponseInput
  >;

  /**
   * Changes this datacenter's part of an account, either sign, within what it has. Of a deleted account what is
   * left can be taken out. The same key with the same content answers the same correction again; a refusal
   * does not use up its key.
   */
  CorrectBalance: grpc.handleUnaryCall<
    _billing_v1_CorrectBalanceRequest,
    _billing_v1_CorrectBalanceResponseInput
  >;

  /**
   * Credits other content instead, under the letter's command id; of a conflict under a new one.
   */
  CorrectDeadLetter: grpc.handleUnaryCall<
    _billing_v1_CorrectDeadLetterRequest,
    _billing_v1_ActResponseInput
  >;

  /**
   * Says that a dead letter is never to be credited. Wants a note.
   */
  DiscardDeadLetter: grpc.handleUnaryCall<_billing_v1_ActRequest, _billing_v1_ActResponseInput>;

  /**
   * Parked pay-ins become dead letters that are discarded. Wants a note.
   */
  DiscardParkedPayIns: grpc.handleUnaryCall<
    _billing_v1_DiscardParkedPayInsRequest,
    _billing_v1_ActsResponseInput
  >;

  /**
   * Credits a dead letter as it came, under its own command id. A message without one bears an id that its
   * name makes. A letter that conflicts with an applied pay-in is refused.
   */
  ReplayDeadLetter: grpc.handleUnaryCall<_billing_v1_ActRequest, _billing_v1_ActResponseInput>;

  /**
   * Tries parked pay-ins now rather than at the worker's next turn.
   */
  RetryParkedPayIns: grpc.handleUnaryCall<
    _billing_v1_RetryParkedPayInsRequest,
    _billing_v1_RetryParkedPayInsResponseInput
  >;
}

export interface OperationsDefinition extends grpc.ServiceDefinition {
  ActOnDeadLetters: MethodDefinition<
    _billing_v1_ActOnDeadLettersRequestInput,
    _billing_v1_ActsResponseInput,
    _billing_v1_ActOnDeadLettersRequest,
    _billing_v1_ActsResponse
  >;
  CorrectBalance: MethodDefinition<
    _billing_v1_CorrectBalanceRequestInput,
    _billing_v1_CorrectBalanceResponseInput,
    _billing_v1_CorrectBalanceRequest,
    _billing_v1_CorrectBalanceResponse
  >;
  CorrectDeadLetter: MethodDefinition<
    _billing_v1_CorrectDeadLetterRequestInput,
    _billing_v1_ActResponseInput,
    _billing_v1_CorrectDeadLetterRequest,
    _billing_v1_ActResponse
  >;
  DiscardDeadLetter: MethodDefinition<
    _billing_v1_ActRequestInput,
    _billing_v1_ActResponseInput,
    _billing_v1_ActRequest,
    _billing_v1_ActResponse
  >;
  DiscardParkedPayIns: MethodDefinition<
    _billing_v1_DiscardParkedPayInsRequestInput,
    _billing_v1_ActsResponseInput,
    _billing_v1_DiscardParkedPayInsRequest,
    _billing_v1_ActsResponse
  >;
  ReplayDeadLetter: MethodDefinition<
    _billing_v1_ActRequestInput,
    _billing_v1_ActResponseInput,
    _billing_v1_ActRequest,
    _billing_v1_ActResponse
  >;
  RetryParkedPayIns: MethodDefinition<
    _billing_v1_RetryParkedPayInsRequestInput,
    _billing_v1_RetryParkedPayInsResponseInput,
    _billing_v1_RetryParkedPayInsRequest,
    _billing_v1_RetryParkedPayInsResponse
  >;
}
