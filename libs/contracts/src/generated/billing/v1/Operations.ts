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
  ActOnDeadLetters: grpc.handleUnaryCall<
    _billing_v1_ActOnDeadLettersRequest,
    _billing_v1_ActsResponseInput
  >;

  CorrectBalance: grpc.handleUnaryCall<
    _billing_v1_CorrectBalanceRequest,
    _billing_v1_CorrectBalanceResponseInput
  >;

  CorrectDeadLetter: grpc.handleUnaryCall<
    _billing_v1_CorrectDeadLetterRequest,
    _billing_v1_ActResponseInput
  >;

  DiscardDeadLetter: grpc.handleUnaryCall<_billing_v1_ActRequest, _billing_v1_ActResponseInput>;

  DiscardParkedPayIns: grpc.handleUnaryCall<
    _billing_v1_DiscardParkedPayInsRequest,
    _billing_v1_ActsResponseInput
  >;

  ReplayDeadLetter: grpc.handleUnaryCall<_billing_v1_ActRequest, _billing_v1_ActResponseInput>;

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
