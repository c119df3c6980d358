// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type {
  ActOnDeadLettersRequestInput as _billing_v1_ActOnDeadLettersRequestInput,
  ActOnDeadLettersRequest as _billing_v1_ActOnDeadLettersRequest,
} from './billing/v1/ActOnDeadLettersRequest.js';
import type {
  ActRequestInput as _billing_v1_ActRequestInput,
  ActRequest as _billing_v1_ActRequest,
} from './billing/v1/ActRequest.js';
import type {
  ActResponseInput as _billing_v1_ActResponseInput,
  ActResponse as _billing_v1_ActResponse,
} from './billing/v1/ActResponse.js';
import type {
  ActsResponseInput as _billing_v1_ActsResponseInput,
  ActsResponse as _billing_v1_ActsResponse,
} from './billing/v1/ActsResponse.js';
import type {
  CorrectBalanceRequestInput as _billing_v1_CorrectBalanceRequestInput,
  CorrectBalanceRequest as _billing_v1_CorrectBalanceRequest,
} from './billing/v1/CorrectBalanceRequest.js';
import type {
  CorrectBalanceResponseInput as _billing_v1_CorrectBalanceResponseInput,
  CorrectBalanceResponse as _billing_v1_CorrectBalanceResponse,
} from './billing/v1/CorrectBalanceResponse.js';
import type {
  CorrectDeadLetterRequestInput as _billing_v1_CorrectDeadLetterRequestInput,
  CorrectDeadLetterRequest as _billing_v1_CorrectDeadLetterRequest,
} from './billing/v1/CorrectDeadLetterRequest.js';
import type {
  DiscardParkedPayInsRequestInput as _billing_v1_DiscardParkedPayInsRequestInput,
  DiscardParkedPayInsRequest as _billing_v1_DiscardParkedPayInsRequest,
} from './billing/v1/DiscardParkedPayInsRequest.js';
import type {
  OperationsClient as _billing_v1_OperationsClient,
  OperationsDefinition as _billing_v1_OperationsDefinition,
} from './billing/v1/Operations.js';
import type {
  RetryParkedPayInsRequestInput as _billing_v1_RetryParkedPayInsRequestInput,
  RetryParkedPayInsRequest as _billing_v1_RetryParkedPayInsRequest,
} from './billing/v1/RetryParkedPayInsRequest.js';
import type {
  RetryParkedPayInsResponseInput as _billing_v1_RetryParkedPayInsResponseInput,
  RetryParkedPayInsResponse as _billing_v1_RetryParkedPayInsResponse,
} from './billing/v1/RetryParkedPayInsResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new (...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  billing: {
    v1: {
      ActOnDeadLettersRequest: MessageTypeDefinition<
        _billing_v1_ActOnDeadLettersRequestInput,
        _billing_v1_ActOnDeadLettersRequest
      >;
      ActRequest: MessageTypeDefinition<_billing_v1_ActRequestInput, _billing_v1_ActRequest>;
      ActResponse: MessageTypeDefinition<_billing_v1_ActResponseInput, _billing_v1_ActResponse>;
      ActsResponse: MessageTypeDefinition<_billing_v1_ActsResponseInput, _billing_v1_ActsResponse>;
      CorrectBalanceRequest: MessageTypeDefinition<
        _billing_v1_CorrectBalanceRequestInput,
        _billing_v1_CorrectBalanceRequest
      >;
      CorrectBalanceResponse: MessageTypeDefinition<
        _billing_v1_CorrectBalanceResponseInput,
        _billing_v1_CorrectBalanceResponse
      >;
      CorrectDeadLetterRequest: MessageTypeDefinition<
        _billing_v1_CorrectDeadLetterRequestInput,
        _billing_v1_CorrectDeadLetterRequest
      >;
      DiscardParkedPayInsRequest: MessageTypeDefinition<
        _billing_v1_DiscardParkedPayInsRequestInput,
        _billing_v1_DiscardParkedPayInsRequest
      >;
      Operations: SubtypeConstructor<typeof grpc.Client, _billing_v1_OperationsClient> & {
        service: _billing_v1_OperationsDefinition;
      };
      RetryParkedPayInsRequest: MessageTypeDefinition<
        _billing_v1_RetryParkedPayInsRequestInput,
        _billing_v1_RetryParkedPayInsRequest
      >;
      RetryParkedPayInsResponse: MessageTypeDefinition<
        _billing_v1_RetryParkedPayInsResponseInput,
        _billing_v1_RetryParkedPayInsResponse
      >;
    };
  };
}
